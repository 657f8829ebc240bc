using System.Text.Json.Nodes;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>A trial that ended elsewhere.</summary>
/// <param name="State">A final state.</param>
/// <param name="Parameters">A complete point of the study's space; of a canceled trial some of its values are enough.</param>
/// <param name="Values">Final values by metric; needed when completed, which a trial is not with one that is not finite: that makes it infeasible.</param>
/// <param name="Measurements">What it reported, at distinct steps.</param>
/// <param name="Error">Why it failed, was infeasible, pruned or canceled.</param>
/// <param name="SuggestedBy">The method that proposed it.</param>
/// <param name="UserAttributes">Free JSON of the user's.</param>
/// <param name="CreatedAt">When it was created; default: now.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="CompletedAt">When it ended; default: now.</param>
/// <param name="Attempt">How often it was begun.</param>
/// <param name="Worker">Who ran it.</param>
public sealed record FinishedTrial(
    TrialState State, ParameterValues Parameters, IReadOnlyDictionary<string, double>? Values, IReadOnlyList<Measurement> Measurements, string? Error,
    string? SuggestedBy, JsonObject? UserAttributes, DateTimeOffset? CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt,
    int Attempt = 0, string? Worker = null);

/// <summary>Makes trials of what was finished elsewhere: they get the next numbers, and count in the budget like any others.</summary>
internal static class Importing
{
    /// <summary>How many mistakes a refusal lists.</summary>
    public const int MostViolations = 1000;

    /// <exception cref="InvalidParameterValuesException">Points that do not lie in the space; it lists what else is wrong, too.</exception>
    /// <exception cref="InvalidValuesException">A state, values or steps that break a rule.</exception>
    public static void Validate(StudyDefinition definition, IReadOnlyList<FinishedTrial> trials, string pointer)
    {
        // The first so many: what is wrong with all trials in all parameters could take more memory than there is.
        var misplaced = trials.Index()
            .SelectMany(t => Misplaced(definition, t.Item).Select(v => v with { Pointer = $"{pointer}/{t.Index}/parameters{v.Pointer}" })).Take(MostViolations).ToList();
        var violations = trials.Index().SelectMany(t => Violations(definition, t.Item).Select(v => v with { Pointer = $"{pointer}/{t.Index}{v.Pointer}" })).Take(MostViolations).ToList();
        if (misplaced.Count > 0)
            throw new InvalidParameterValuesException([.. misplaced, .. violations]);
        if (violations.Count > 0)
            throw new InvalidValuesException(violations);
    }

    // One that was canceled in the queue may never have got all of its values.
    private static IEnumerable<Violation> Misplaced(StudyDefinition definition, FinishedTrial trial) =>
        trial.State == TrialState.Canceled ? definition.Space.ViolationsOfPartial(trial.Parameters) : definition.Space.Violations(trial.Parameters);

    public static async Task<IReadOnlyList<TrialRow>> AddAsync(StudyWrite write, IReadOnlyList<FinishedTrial> trials)
    {
        if (write.Row.State.IsFinal())
            throw new StudyClosedException(write.Row.State);
        if (write.Row.NextNumber + trials.Count > write.Definition.Budget.MaxTrials)
            throw new IllegalMoveException($"trials <= maxTrials {write.Definition.Budget.MaxTrials} must hold, but got {write.Row.NextNumber} + {trials.Count}.");
        var rows = new List<TrialRow>();
        foreach (var trial in trials.Select(Judged))
        {
            var row = Add(write, trial);
            rows.Add(row);
            if (trial.State == TrialState.Completed)
                await write.ObserveAsync(row, trial.Values!);
        }

        await write.SettleAsync();
        return rows;
    }

    // As if it had ended here.
    private static FinishedTrial Judged(FinishedTrial trial) => trial.State == TrialState.Completed && TrialOutcome.NonFinite(trial.Values!) is { } reason
        ? trial with { State = TrialState.Infeasible, Error = reason }
        : trial;

    private static TrialRow Add(StudyWrite write, FinishedTrial trial)
    {
        var created = trial.CreatedAt?.ToUnixTimeMilliseconds() ?? write.Now;
        var row = new TrialRow
        {
            StudyId = write.Row.Id, Number = write.Row.NextNumber++, State = trial.State, ParametersJson = Mapping.ToJson(write.Definition.Space.OnGrid(trial.Parameters)),
            IsPartial = write.Definition.Space.Violations(trial.Parameters).Count > 0,
            Attempt = trial.Attempt, Worker = trial.Worker, SuggestedBy = trial.SuggestedBy ?? "import", Error = trial.Error, UserAttributesJson = trial.UserAttributes?.ToJsonString(),
            ValuesJson = trial.State == TrialState.Completed ? Mapping.MetricsToJson(trial.Values!) : null,
            LatestMeasurementJson = trial.Measurements.MaxBy(m => m.Step) is { } latest ? Mapping.MeasurementToJson(latest) : null,
            CreatedAt = created, StartedAt = trial.StartedAt?.ToUnixTimeMilliseconds(), CompletedAt = trial.CompletedAt?.ToUnixTimeMilliseconds() ?? write.Now,
        };
        write.Row.Count(trial.State, +1);
        write.Touch(row);
        write.Db.Trials.Add(row);
        write.Db.Measurements.AddRange(trial.Measurements.Select(m => new MeasurementRow
        {
            StudyId = row.StudyId, Number = row.Number, Step = m.Step, ValuesJson = Mapping.MetricsToJson(m.Values), ReportedAt = created, Version = row.Version,
        }));
        return row;
    }

    private static IEnumerable<Violation> Violations(StudyDefinition definition, FinishedTrial trial)
    {
        if (!trial.State.IsFinal())
            yield return new Violation("/state", $"an imported trial's state must be final, but got {trial.State.ToString().ToLowerInvariant()}.");
        if (trial.Attempt < 0)
            yield return new Violation("/attempt", $"attempt >= 0 must hold, but got {trial.Attempt}.");
        if (trial.Measurements.FirstOrDefault(m => m.Step < 0) is { } early)
            yield return new Violation("/measurements", $"step >= 0 must hold, but got {early.Step}.");
        if (trial.Measurements.Any(m => m.Values.Count == 0))
            yield return new Violation("/measurements", "a measurement must hold at least one metric, but got none.");
        if (trial.Measurements.DistinctBy(m => m.Step).Count() != trial.Measurements.Count)
            yield return new Violation("/measurements", "steps must be distinct, but got one twice.");
        if (trial.State != TrialState.Completed)
            yield break;
        var values = trial.Values ?? new Dictionary<string, double>();
        foreach (var metric in definition.Objectives.Select(o => o.Metric).Concat(definition.Constraints.Select(c => c.Metric)).Distinct().Where(m => !values.ContainsKey(m)))
            yield return new Violation("/values", $"values must hold every objective's and constraint's metric, but got no '{metric}'.");
    }
}
