using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>What the present transaction has still to write: each row once, however many of its requests changed it.</summary>
internal sealed partial class WriteSession
{
    // With what is stored of them; null = nothing yet.
    private readonly Dictionary<long, (StudyRow Original, StudyRow Row)> _changedStudies = [];
    private readonly Dictionary<(long Study, int Number), (TrialRow? Original, TrialRow Row)> _changedTrials = [];
    private readonly Dictionary<(long Study, int Number, long Step), MeasurementRow> _measured = [];
    private readonly Dictionary<(string Scope, string Key), IdempotencyRow> _remembered = [];
    private readonly List<TrialRow> _written = [];
    private readonly HashSet<long> _touched = [];

    public void Change(StudyMemory study, StudyRow row)
    {
        _changedStudies[row.Id] = (_changedStudies.TryGetValue(row.Id, out var before) ? before.Original : study.Row, row);
        study.Row = row;
    }

    public void Change(StudyMemory study, TrialRow? original, TrialRow trial)
    {
        study.Trials[trial.Number] = trial;
        var key = (trial.StudyId, trial.Number);
        _changedTrials[key] = (_changedTrials.TryGetValue(key, out var before) ? before.Original : original, trial);
        _earliestExpiry = Math.Min(_earliestExpiry, trial.LeaseExpiresAt ?? long.MaxValue);
    }

    public void Change(MeasurementRow measurement) => _measured[(measurement.StudyId, measurement.Number, measurement.Step)] = measurement;

    public void Change(IdempotencyRow key) => _remembered[(key.Scope, key.Key)] = key;

    public IdempotencyRow? Key(string scope, string key) =>
        _remembered.TryGetValue((scope, key), out var known) ? known : Keys.Query("\"Scope\" = $1 AND \"Key\" = $2", scope, key).FirstOrDefault();

    /// <summary>Writes what is still to be written; later queries of this transaction see it.</summary>
    public void Flush()
    {
        HasWritten |= _changedStudies.Count + _changedTrials.Count + _measured.Count + _remembered.Count > 0;
        foreach (var (original, row) in _changedStudies.Values)
            Update(original, row);
        foreach (var (original, row) in _changedTrials.Values)
        {
            if (original is null)
                Trials.Insert(row);
            else
                Trials.Update(original, row);
            _written.Add(row);
        }

        foreach (var measurement in _measured.Values)
            Measurements.Upsert(measurement);
        foreach (var key in _remembered.Values)
            Keys.Insert(key);
        ForgetChanges();
        Send();
    }

    /// <summary>Waits until all rows are written of which that was only asked for.</summary>
    public void Send() => _connection.Outbox?.Send();

    /// <summary>Drops rows of which that was not asked for yet.</summary>
    public void Discard() => _connection.Outbox?.Clear();

    /// <summary>Writes a study's row at once.</summary>
    public void Update(StudyRow original, StudyRow row)
    {
        Studies.Update(original, row);
        _touched.Add(row.Id);
    }

    /// <summary>The studies that are known to have changed in this transaction.</summary>
    public IReadOnlyCollection<long> Touched() => [.. _touched.Union(_changedStudies.Keys)];

    private void ForgetChanges()
    {
        _changedStudies.Clear();
        _changedTrials.Clear();
        _measured.Clear();
        _remembered.Clear();
    }
}
