using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>One request's part of a transaction: all of it is accepted, or none. It works on copies of rows; what it accepts is written
/// when the transaction ends.</summary>
internal sealed class WriteTurn(WriteSession session)
{
    private const string Savepoint = "turn";
    private readonly List<StudyWrite> _writes = [];
    private readonly List<MeasurementRow> _measured = [];
    private readonly List<IdempotencyRow> _remembered = [];
    private readonly List<Action> _accepted = [];
    private bool _usesDb, _isAbandoned;

    public WriteSession Session => session;

    /// <summary>Whether what it did can be undone though the database refused a part of it.</summary>
    public bool HasSavepoint => _usesDb;

    /// <summary>EF Core on the transaction's connection, for what is rare: it sees all that was changed before, and what it tracks is saved at
    /// the end. What it changes of studies and trials the writer's memory reads again.</summary>
    public HpoDbContext Db
    {
        get
        {
            if (!_usesDb)
            {
                session.Flush();
                session.Execute($"SAVEPOINT {Savepoint}");
                (_usesDb, session.Context.Turn, session.HasWritten) = (true, this, true);
            }

            Write();
            return session.Context;
        }
    }

    /// <summary>Studies with unfinished changes count once for all callers of a turn.</summary>
    /// <exception cref="NotFoundException">There is none of that name or id.</exception>
    public StudyWrite Study(string study, TimeProvider time)
    {
        var memory = session.Study(study) ?? throw new NotFoundException("study", study);
        if (_writes.Find(w => w.Row.Id == memory.Row.Id) is { } known)
            return known;
        _writes.Add(new StudyWrite(this, memory, time.GetUtcNow().ToUnixTimeMilliseconds()));
        return _writes[^1];
    }

    public IdempotencyRow? Recall(string scope, string key) => session.Key(scope, key);

    public void Remember(IdempotencyRow key) => _remembered.Add(key);

    public void Measure(MeasurementRow measurement) => _measured.Add(measurement);

    /// <summary>Has something done once the turn is accepted into the transaction.</summary>
    public void WhenAccepted(Action action) => _accepted.Add(action);

    /// <summary>Nothing of the turn counts, though it does not fail.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>The end of a turn that did not fail.</summary>
    public void End()
    {
        if (_isAbandoned)
        {
            Undo();
            return;
        }

        if (_usesDb)
        {
            session.Context.SaveChanges();
            Write();
            session.Execute($"RELEASE {Savepoint}");
            session.Context.ChangeTracker.Clear();
            session.Distrust();
        }
        else
        {
            foreach (var write in _writes)
                write.Accept(session);
            _measured.ForEach(session.Change);
            _remembered.ForEach(session.Change);
        }

        _accepted.ForEach(action => action());
    }

    /// <summary>The end of a turn that failed: its neighbours in the transaction notice nothing.</summary>
    public void Undo()
    {
        if (!_usesDb)
            return;
        session.Context.ChangeTracker.Clear();
        session.Discard();
        session.Execute($"ROLLBACK TO {Savepoint}");
        session.Execute($"RELEASE {Savepoint}");
        session.Distrust(); // it may remember what was undone
    }

    private void Write()
    {
        foreach (var write in _writes)
            write.Write(session);
        _measured.ForEach(session.Measurements.Upsert);
        _remembered.ForEach(session.Keys.Insert);
        _measured.Clear();
        _remembered.Clear();
        session.Send();
    }
}
