using HpoService.Search.Sampling;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>The writer's connection with its prepared commands, what it remembers, and what the present transaction has still to write.</summary>
internal sealed partial class WriteSession : IDisposable
{
    private const int MaxStudies = 256;
    private readonly WriteConnection _connection;
    private readonly Dictionary<long, StudyMemory> _studies = [];
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private long _epoch, _uses, _earliestExpiry, _expiryEpoch = -1;

    public WriteSession(WriteConnection connection)
    {
        _connection = connection;
        var model = connection.Context.Model;
        Studies = new(new RowTable<StudyRow>(model), connection);
        Trials = new(new RowTable<TrialRow>(model), connection);
        Measurements = new(new RowTable<MeasurementRow>(model), connection);
        Keys = new(new RowTable<IdempotencyRow>(model), connection);
    }

    /// <summary>On the same connection; cleared after every turn that uses it.</summary>
    public HpoDbContext Context => _connection.Context;

    public RowCommands<StudyRow> Studies { get; }

    public RowCommands<TrialRow> Trials { get; }

    public RowCommands<MeasurementRow> Measurements { get; }

    public RowCommands<IdempotencyRow> Keys { get; }

    /// <summary>When somebody else was last seen to have written, in the environment's ticks, where those who wait for the lock only look again
    /// and again.</summary>
    public long OthersWroteAt { get; private set; } = long.MinValue / 2;

    /// <inheritdoc cref="WriteConnection.Unanswered"/>
    public long? Unanswered => _connection.Unanswered;

    /// <summary>Something may be written other than by <see cref="Flush"/>.</summary>
    public bool HasWritten { get; set; }

    public void Begin()
    {
        HasWritten = false;
        if (!_connection.Begin())
            return;
        if (_epoch != 0 && _connection.WaitersLookAgain)
            OthersWroteAt = Environment.TickCount64;
        Distrust();
    }

    /// <inheritdoc cref="WriteConnection.HasCommitted"/>
    public bool HasCommitted(long unanswered) => _connection.HasCommitted(unanswered);

    public void Commit()
    {
        Flush();
        _connection.Commit(HasWritten);
        foreach (var trial in _written.Where(t => t.State.IsFinal()))
            _studies.GetValueOrDefault(trial.StudyId)?.Trials.Remove(trial.Number);
        _written.Clear();
        while (_studies.Count > MaxStudies)
            Forget(_studies.MinBy(s => s.Value.LastUse).Value);
        _touched.Clear();
    }

    /// <summary>Ends the transaction without a trace, and forgets everything.</summary>
    public void Rollback()
    {
        ForgetChanges();
        Discard();
        _written.Clear();
        _touched.Clear();
        _studies.Clear();
        Distrust();
        Context.ChangeTracker.Clear();
        Execute("ROLLBACK");
    }

    public void Execute(string text) => _connection.Execute(text);

    /// <summary>Something may have changed that the memory does not know of: it looks again before it is used again.</summary>
    public void Distrust()
    {
        _epoch++;
        _ids.Clear();
    }

    /// <summary>The study of a name or id as this transaction sees it; null when there is none.</summary>
    public StudyMemory? Study(string study)
    {
        if (!StudyQueries.IsId(study, out var id) && !_ids.TryGetValue(study, out id))
            return Remember(Studies.Query("\"Name\" = $1", study));
        var memory = _studies.GetValueOrDefault(id);
        if (memory?.Epoch != _epoch)
            return Remember(Studies.Query("\"Id\" = $1", id));
        memory.LastUse = ++_uses;
        return memory;
    }

    public TrialRow? Trial(StudyMemory study, int number)
    {
        if (study.Trials.TryGetValue(number, out var known))
            return known;
        if (Trials.Query("\"StudyId\" = $1 AND \"Number\" = $2", study.Row.Id, number) is not [var trial])
            return null;
        return trial.State.IsFinal() ? trial : study.Trials[number] = trial;
    }

    /// <summary>The visited points; null when reading them takes too long to do it here.</summary>
    public Visited? VisitedOf(StudyMemory study)
    {
        const int few = 500;
        if (study.Visited is not null && study.VisitedVersion == study.Row.Version)
            return study.Visited;
        if (study.Row.NextNumber - (study.Visited?.NextNumber ?? 0) > few)
            return null;
        Flush(); // what this transaction has changed already must be found, too
        var since = study.Visited is null ? -1 : study.VisitedVersion;
        if (study.Visited is null)
            study.Adopt(new Visited(), -1);
        study.Visit(Trials.Query("\"StudyId\" = $1 AND \"Version\" > $2", study.Row.Id, since), study.Row.Version);
        return study.Visited;
    }

    /// <summary>Whether trials of a study may have lost their lease by now.</summary>
    public bool MayHaveLostLeases(long studyId, long now)
    {
        if (_expiryEpoch == _epoch && now <= _earliestExpiry)
            return false;
        Flush();
        (_expiryEpoch, _earliestExpiry) = (_epoch, _connection.Command("SELECT MIN(\"LeaseExpiresAt\") FROM trials WHERE \"LeaseExpiresAt\" IS NOT NULL").ExecuteScalar() as long? ?? long.MaxValue);
        return now > _earliestExpiry && Trials.Query("\"LeaseExpiresAt\" < $1 AND \"StudyId\" = $2 LIMIT 1", now, studyId).Count > 0;
    }

    public void Dispose()
    {
        Studies.Dispose();
        Trials.Dispose();
        Measurements.Dispose();
        Keys.Dispose();
        _connection.Dispose();
    }

    private StudyMemory? Remember(List<StudyRow> found)
    {
        if (found is not [var row])
            return null;
        _ids[row.Name] = row.Id;
        var memory = _studies.GetValueOrDefault(row.Id);
        if (memory is null)
            _studies[row.Id] = memory = new StudyMemory(row);
        memory.Trials.Clear();
        (memory.Row, memory.Epoch, memory.LastUse) = (row, _epoch, ++_uses);
        return memory;
    }

    private void Forget(StudyMemory study)
    {
        _studies.Remove(study.Row.Id);
        _ids.Remove(study.Row.Name);
    }
}
