using System.Globalization;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>One write transaction on one study: the tracked study row, and the rules that every change of it obeys.</summary>
internal sealed class StudyWrite
{
    private readonly long _loadedVersion;
    private StudyDefinition? _definition;

    private StudyWrite(HpoDbContext db, StudyRow row, long now) => (Db, Row, Now, _loadedVersion) = (db, row, now, row.Version);

    public HpoDbContext Db { get; }

    public StudyRow Row { get; }

    /// <summary>Unix milliseconds.</summary>
    public long Now { get; }

    public StudyDefinition Definition => _definition ??= Row.ToDefinition();

    /// <summary>The Pareto front, once it was needed.</summary>
    public Front? Front { get; set; }

    public static async Task<StudyWrite> OpenAsync(HpoDbContext db, string study, TimeProvider time, CancellationToken cancellationToken) =>
        new(db, await db.Studies.FindStudyAsync(study, cancellationToken), time.GetUtcNow().ToUnixTimeMilliseconds());

    public async Task<TrialRow> TrialAsync(int number, CancellationToken cancellationToken) =>
        await Db.Trials.FirstOrDefaultAsync(t => t.StudyId == Row.Id && t.Number == number, cancellationToken)
        ?? throw new NotFoundException("trial", $"{number}");

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
        Db.Trials.Add(trial);
        return trial;
    }
}

internal static class StudyQueries
{
    /// <summary>Finds a study by name or by integer id; names are never all digits.</summary>
    public static async Task<StudyRow> FindStudyAsync(this IQueryable<StudyRow> studies, string study, CancellationToken cancellationToken) =>
        (long.TryParse(study, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await studies.FirstOrDefaultAsync(s => s.Id == id, cancellationToken)
            : await studies.FirstOrDefaultAsync(s => s.Name == study, cancellationToken))
        ?? throw new NotFoundException("study", study);
}
