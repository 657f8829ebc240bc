using System.Data.Common;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>The writer's connection with its prepared commands, what it remembers, and what the present transaction has still to write.</summary>
internal sealed partial class WriteSession : IDisposable
{
    private const int MaxStudies = 256;
    private readonly DbConnection _connection;
    private readonly Dictionary<string, DbCommand> _commands = [];
    private readonly Dictionary<long, StudyMemory> _studies = [];
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private long _epoch, _uses, _dataVersion, _earliestExpiry, _expiryEpoch = -1;

    public WriteSession(DbConnection connection, HpoDbContext context)
    {
        (_connection, Context) = (connection, context);
        Studies = new(new RowTable<StudyRow>(context.Model), connection);
        Trials = new(new RowTable<TrialRow>(context.Model), connection);
        Measurements = new(new RowTable<MeasurementRow>(context.Model), connection);
        Keys = new(new RowTable<IdempotencyRow>(context.Model), connection);
    }

    /// <summary>On the same connection; cleared after every turn that uses it.</summary>
    public HpoDbContext Context { get; }

    public RowCommands<StudyRow> Studies { get; }

    public RowCommands<TrialRow> Trials { get; }

    public RowCommands<MeasurementRow> Measurements { get; }

    public RowCommands<IdempotencyRow> Keys { get; }

    /// <summary>When somebody else was last seen to have written; a time stamp of the environment's ticks.</summary>
    public long OthersWroteAt { get; private set; } = long.MinValue / 2;

    public void Begin()
    {
        Execute("BEGIN IMMEDIATE");
        var now = (long)Command("PRAGMA data_version").ExecuteScalar()!;
        if (now == _dataVersion)
            return;
        if (_dataVersion != 0)
            OthersWroteAt = Environment.TickCount64;
        _dataVersion = now;
        Distrust();
    }

    /// <returns>The studies that are known to have changed.</returns>
    public IReadOnlyCollection<long> Commit()
    {
        Flush();
        Execute("COMMIT");
        foreach (var trial in _written.Where(t => t.State.IsFinal()))
            _studies.GetValueOrDefault(trial.StudyId)?.Trials.Remove(trial.Number);
        _written.Clear();
        while (_studies.Count > MaxStudies)
            Forget(_studies.MinBy(s => s.Value.LastUse).Value);
        long[] touched = [.. _touched];
        _touched.Clear();
        return touched;
    }

    /// <summary>Ends the transaction without a trace, and forgets everything.</summary>
    public void Rollback()
    {
        ForgetChanges();
        _written.Clear();
        _touched.Clear();
        _studies.Clear();
        _ids.Clear();
        Context.ChangeTracker.Clear();
        Execute("ROLLBACK");
    }

    public void Execute(string text) => Command(text).ExecuteNonQuery();

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
            return Remember(Studies.Query("\"Name\" = @p0", study));
        var memory = _studies.GetValueOrDefault(id);
        if (memory?.Epoch != _epoch)
            return Remember(Studies.Query("\"Id\" = @p0", id));
        memory.LastUse = ++_uses;
        return memory;
    }

    public TrialRow? Trial(StudyMemory study, int number)
    {
        if (study.Trials.TryGetValue(number, out var known))
            return known;
        if (Trials.Query("\"StudyId\" = @p0 AND \"Number\" = @p1", study.Row.Id, number) is not [var trial])
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
        study.Visit(Trials.Query("\"StudyId\" = @p0 AND \"Version\" > @p1", study.Row.Id, since), study.Row.Version);
        return study.Visited;
    }

    /// <summary>Whether trials of a study may have lost their lease by now.</summary>
    public bool MayHaveLostLeases(long studyId, long now)
    {
        if (_expiryEpoch == _epoch && now <= _earliestExpiry)
            return false;
        Flush();
        (_expiryEpoch, _earliestExpiry) = (_epoch, Command("SELECT MIN(\"LeaseExpiresAt\") FROM trials WHERE \"LeaseExpiresAt\" IS NOT NULL").ExecuteScalar() as long? ?? long.MaxValue);
        return now > _earliestExpiry && Trials.Query("\"LeaseExpiresAt\" < @p0 AND \"StudyId\" = @p1 LIMIT 1", now, studyId).Count > 0;
    }

    public void Dispose()
    {
        Studies.Dispose();
        Trials.Dispose();
        Measurements.Dispose();
        Keys.Dispose();
        foreach (var command in _commands.Values)
            command.Dispose();
        Context.Dispose();
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

    private DbCommand Command(string text)
    {
        if (_commands.TryGetValue(text, out var command))
            return command;
        command = _connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (text, 1); // the connection's own patience is in its busy_timeout
        return _commands[text] = command;
    }
}
