using HpoService.Search.Sampling;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>The writer's connection with its prepared commands, what it remembers, and what the present transaction has still to write.</summary>
internal sealed partial class WriteSession : IDisposable
{
    private readonly WriteConnection _connection;
    private readonly StudyMemories _memories;
    private readonly Database _database;
    private long _earliestExpiry, _expiryEpoch = -1;
    private bool _hasBegun;

    /// <summary>On a new connection, with what is remembered from those before.</summary>
    public WriteSession(WriteConnection connection, StudyMemories memories, Database database)
    {
        (_connection, _memories, _database) = (connection, memories, database);
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

    /// <inheritdoc cref="Database.RenewableFor"/>
    public long RenewableFor(long now) => _database.RenewableFor(now);

    /// <inheritdoc cref="WriteConnection.Unanswered"/>
    public long? Unanswered => _connection.Unanswered;

    /// <summary>Something may be written other than by <see cref="Flush"/>.</summary>
    public bool HasWritten { get; set; }

    public void Begin()
    {
        HasWritten = false;
        if (!_connection.Begin())
            return;
        if (_hasBegun && _connection.WaitersLookAgain)
            OthersWroteAt = Environment.TickCount64;
        _hasBegun = true;
        Distrust();
    }

    /// <inheritdoc cref="WriteConnection.HasCommitted"/>
    public bool HasCommitted(long unanswered) => _connection.HasCommitted(unanswered);

    public void Commit()
    {
        Flush();
        _connection.Commit(HasWritten);
        foreach (var trial in _written.Where(t => t.State.IsFinal()))
            _memories.Of(trial.StudyId)?.Trials.Remove(trial.Number);
        _written.Clear();
        _memories.Limit();
        _touched.Clear();
    }

    /// <summary>Ends the transaction without a trace, and forgets everything.</summary>
    public void Rollback()
    {
        ForgetChanges();
        Discard();
        _written.Clear();
        _touched.Clear();
        _memories.Clear();
        Context.ChangeTracker.Clear();
        Execute("ROLLBACK");
    }

    public void Execute(string text) => _connection.Execute(text);

    /// <summary>Something may have changed that the memory does not know of: it looks again before it is used again.</summary>
    public void Distrust() => _memories.Distrust();

    /// <summary>The study of a name or id as this transaction sees it; null when there is none.</summary>
    public StudyMemory? Study(string study)
    {
        if (!StudyQueries.IsId(study, out var id) && !_memories.IsKnown(study, out id))
            return Remember(Studies.Query("\"Name\" = $1", study));
        return _memories.Of(id) is { } memory && memory.Epoch == _memories.Epoch ? _memories.Use(memory) : Remember(Studies.Query("\"Id\" = $1", id));
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
        if (_expiryEpoch == _memories.Epoch && now <= _earliestExpiry)
            return false;
        Flush();
        (_expiryEpoch, _earliestExpiry) = (_memories.Epoch, _connection.Command("SELECT MIN(\"LeaseExpiresAt\") FROM trials WHERE \"LeaseExpiresAt\" IS NOT NULL").ExecuteScalar() as long? ?? long.MaxValue);
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

    private StudyMemory? Remember(List<StudyRow> found) => found is [var row] ? _memories.Remember(row) : null;
}
