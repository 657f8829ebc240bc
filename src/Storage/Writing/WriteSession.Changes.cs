using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>What the present transaction has still to write: each row once, however many of its requests changed it.</summary>
internal sealed partial class WriteSession
{
    private readonly HashSet<StudyMemory> _changedStudies = [];
    private readonly Dictionary<(long Study, int Number), (TrialRow Row, bool IsNew)> _changedTrials = [];
    private readonly Dictionary<(long Study, int Number, long Step), MeasurementRow> _measured = [];
    private readonly Dictionary<(string Scope, string Key), IdempotencyRow> _remembered = [];
    private readonly List<TrialRow> _written = [];
    private readonly HashSet<long> _touched = [];

    public void Change(StudyMemory study, StudyRow row)
    {
        study.Row = row;
        _changedStudies.Add(study);
    }

    public void Change(StudyMemory study, TrialRow trial, bool isNew)
    {
        study.Trials[trial.Number] = trial;
        var key = (trial.StudyId, trial.Number);
        _changedTrials[key] = (trial, isNew || _changedTrials.TryGetValue(key, out var before) && before.IsNew);
        _earliestExpiry = Math.Min(_earliestExpiry, trial.LeaseExpiresAt ?? long.MaxValue);
    }

    public void Change(MeasurementRow measurement) => _measured[(measurement.StudyId, measurement.Number, measurement.Step)] = measurement;

    public void Change(IdempotencyRow key) => _remembered[(key.Scope, key.Key)] = key;

    public IdempotencyRow? Key(string scope, string key) =>
        _remembered.TryGetValue((scope, key), out var known) ? known : Keys.Query("\"Scope\" = @p0 AND \"Key\" = @p1", scope, key).FirstOrDefault();

    /// <summary>Writes what is still to be written; later queries of this transaction see it.</summary>
    public void Flush()
    {
        foreach (var study in _changedStudies)
            Update(study.Row);
        foreach (var (row, isNew) in _changedTrials.Values)
        {
            if (isNew)
                Trials.Insert(row);
            else
                Trials.Update(row);
            _written.Add(row);
        }

        foreach (var measurement in _measured.Values)
            Measurements.Upsert(measurement);
        foreach (var key in _remembered.Values)
            Keys.Insert(key);
        ForgetChanges();
    }

    /// <summary>Writes a study's row at once.</summary>
    public void Update(StudyRow row)
    {
        Studies.Update(row);
        _touched.Add(row.Id);
    }

    private void ForgetChanges()
    {
        _changedStudies.Clear();
        _changedTrials.Clear();
        _measured.Clear();
        _remembered.Clear();
    }
}
