using System.Globalization;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using HpoService.Storage.Writing;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>One request's changes of one study: copies of its row and of its trials' rows, and the rules that every change of them obeys.
/// What differs from the originals in the end is written.</summary>
internal sealed class StudyWrite
{
    private readonly WriteTurn _turn;
    private readonly StudyMemory _memory;
    private readonly long _loadedVersion;
    private readonly List<TrialRow> _added = [];
    private readonly List<(TrialRow Original, TrialRow Trial)> _loaded = [];
    private StudyRow _original;
    private StudyDefinition? _definition;
    private Visited? _visited;

    public StudyWrite(WriteTurn turn, StudyMemory memory, long now) =>
        (_turn, _memory, _original, Row, Now, _loadedVersion) = (turn, memory, memory.Row, memory.Row.Clone(), now, memory.Row.Version);

    /// <summary>See <see cref="WriteTurn.Db"/>.</summary>
    public HpoDbContext Db => _turn.Db;

    public WriteTurn Turn => _turn;

    public StudyRow Row { get; }

    /// <summary>Unix milliseconds.</summary>
    public long Now { get; }

    public StudyDefinition Definition => _definition ??= _memory.Definition;

    /// <summary>The Pareto front, once it was needed.</summary>
    public Front? Front { get; set; }

    /// <exception cref="NotFoundException">There is none of that number.</exception>
    public TrialRow Trial(int number)
    {
        if ((_loaded.Find(t => t.Trial.Number == number).Trial ?? _added.Find(t => t.Number == number)) is { } known)
            return known;
        var original = _turn.Session.Trial(_memory, number) ?? throw new NotFoundException("trial", $"{number}");
        _loaded.Add((original, original.Clone()));
        return _loaded[^1].Trial;
    }

    /// <summary>The study's sampler with the points that it must not propose again, when it needs to know no more and they are at hand.</summary>
    public (PointwiseSampler Sampler, Visited Visited)? Pointwise =>
        _memory.Sampler is { } sampler && (_visited ??= _turn.Session.VisitedOf(_memory)?.Fork()) is { } visited ? (sampler, visited) : null;

    /// <summary>Whether the study's sampler needs the history, and time.</summary>
    public bool IsSamplerSlow => _memory.Sampler is null;

    /// <summary>Whether trials may have lost their lease by now.</summary>
    public bool MayHaveLostLeases => _turn.Session.MayHaveLostLeases(Row.Id, Now);

    /// <inheritdoc cref="Database.RenewableFor"/>
    public long RenewableFor => _turn.Session.RenewableFor(Now);

    /// <summary>Hands the changes over to the transaction.</summary>
    public void Accept(WriteSession session)
    {
        var isInStep = _memory.Visited is not null && _memory.VisitedVersion == _loadedVersion;
        foreach (var (original, trial) in _loaded)
        {
            if (session.Trials.Table.Changes(original, trial) == 0)
                continue;
            session.Change(_memory, original, trial);
            if (isInStep && (trial.State == TrialState.Canceled || !ReferenceEquals(trial.ParametersJson, original.ParametersJson)))
                _memory.Visit([trial], _loadedVersion);
        }

        foreach (var trial in _added)
            session.Change(_memory, null, trial);
        if (isInStep)
            _memory.Visit(_added, Row.Version);
        if (session.Studies.Table.Changes(_original, Row) != 0)
            session.Change(_memory, Row);
    }

    /// <summary>Writes the changes so far at once, for queries that must see them.</summary>
    public void Write(WriteSession session)
    {
        if (session.Studies.Table.Changes(_original, Row) != 0)
        {
            session.Update(_original, Row);
            _original = Row.Clone();
        }

        for (var i = 0; i < _loaded.Count; i++)
        {
            var (original, trial) = _loaded[i];
            session.Trials.Update(original, trial);
            _loaded[i] = (trial.Clone(), trial);
        }

        foreach (var trial in _added)
        {
            session.Trials.Insert(trial);
            _loaded.Add((trial.Clone(), trial));
        }

        _added.Clear();
    }

    public void Set(Budget budget)
    {
        Row.BudgetJson = Mapping.ToJson(budget);
        _definition = Definition with { Budget = budget };
        Touch();
    }

    /// <summary>Marks the study as changed: the next version, once a transaction.</summary>
    public void Touch()
    {
        Row.Version = _loadedVersion + 1;
        Row.UpdatedAt = Now;
    }

    /// <summary>Marks the study and one of its trials as changed.</summary>
    public void Touch(TrialRow trial)
    {
        Touch();
        trial.Version = Row.Version;
    }

    public void Move(StudyState to)
    {
        if (!StateTable.IsLegal(Row.State, to))
            throw IllegalMoveException.Of("the study", Row.State, to);
        Row.State = to;
        if (to.IsFinal())
            Row.CompletedAt = Now;
        Touch();
    }

    public void Move(TrialRow trial, TrialState to)
    {
        if (!StateTable.IsLegal(trial.State, to))
            throw IllegalMoveException.Of($"trial {trial.Number}", trial.State, to);
        Row.Count(trial.State, -1);
        Row.Count(to, +1);
        trial.State = to;
        if (to.IsFinal())
            trial.CompletedAt = Now;
        if (to != TrialState.Running)
            trial.LeaseExpiresAt = null;
        if (to == TrialState.Canceled && !Row.State.IsFinal())
            Row.IsExhausted = false; // its point may come again
        Touch(trial);
    }

    /// <summary>Whether one more trial may run.</summary>
    public bool HasRoom => Row.State == StudyState.Active && Row.RunningTrials < Definition.Budget.MaxParallelTrials;

    /// <summary>Inserts the next trial. Its number comes from the study's counter in the same transaction, so numbers have no gap.</summary>
    public TrialRow Add(string parametersJson, bool isPartial, string suggestedBy)
    {
        var trial = new TrialRow
        {
            StudyId = Row.Id, Number = Row.NextNumber++, State = TrialState.Queued, ParametersJson = parametersJson,
            IsPartial = isPartial, SuggestedBy = suggestedBy, CreatedAt = Now,
        };
        Row.Count(TrialState.Queued, +1);
        Touch(trial);
        _added.Add(trial);
        return trial;
    }

    /// <inheritdoc cref="Add(string, bool, string)"/>
    public TrialRow Add(ParameterValues values, string suggestedBy)
    {
        var trial = Add("", isPartial: false, suggestedBy);
        trial.SetParameters(values);
        return trial;
    }
}

internal static class StudyQueries
{
    /// <summary>Whether it is an integer id; names are never all digits.</summary>
    public static bool IsId(string study, out long id) => long.TryParse(study, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    /// <summary>Finds a study by name or by integer id.</summary>
    public static async Task<StudyRow> FindStudyAsync(this IQueryable<StudyRow> studies, string study, CancellationToken cancellationToken) =>
        (IsId(study, out var id)
            ? await studies.FirstOrDefaultAsync(s => s.Id == id, cancellationToken)
            : await studies.FirstOrDefaultAsync(s => s.Name == study, cancellationToken))
        ?? throw new NotFoundException("study", study);
}
