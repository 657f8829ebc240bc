using HpoService.Search;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>How an attempt at a trial ended.</summary>
public abstract record TrialOutcome
{
    /// <summary>The error of a trial that a report ended.</summary>
    internal const string Diverged = "an objective's metric must be finite, but got NaN or infinity.";

    private TrialOutcome()
    {
    }

    /// <summary>With final values; a non-finite objective makes the trial infeasible.</summary>
    public sealed record Completed(IReadOnlyDictionary<string, double> Values) : TrialOutcome;

    /// <summary>Stopped early on purpose.</summary>
    public sealed record Pruned(string? Reason) : TrialOutcome;

    /// <summary>These values cannot work.</summary>
    public sealed record Infeasible(string? Reason) : TrialOutcome;

    /// <summary>The attempt broke; the trial goes back to the queue while attempts are left.</summary>
    public sealed record Failed(string? Reason) : TrialOutcome;

    internal (TrialState State, IReadOnlyDictionary<string, double>? Values, string? Reason) Resolve(StudyDefinition definition)
    {
        switch (this)
        {
            case Pruned(var reason): return (TrialState.Pruned, null, reason);
            case Infeasible(var reason): return (TrialState.Infeasible, null, reason);
            case Failed(var reason): return (TrialState.Failed, null, reason);
        }

        var values = ((Completed)this).Values;
        if (Missing(definition, values).ToList() is { Count: > 0 } missing)
            throw new InvalidValuesException(missing);
        return NonFinite(values) is { } why ? (TrialState.Infeasible, null, why) : (TrialState.Completed, values, null);
    }

    /// <summary>Why values make a trial infeasible; null when all are finite.</summary>
    internal static string? NonFinite(IReadOnlyDictionary<string, double> values) =>
        values.FirstOrDefault(v => !double.IsFinite(v.Value)) is { Key: { } metric } bad ? $"{metric} must be finite, but got {bad.Value}." : null;

    private static IEnumerable<Violation> Missing(StudyDefinition definition, IReadOnlyDictionary<string, double> values) =>
        definition.Objectives.Select(o => (o.Metric, Of: "objective")).Concat(definition.Constraints.Select(c => (c.Metric, Of: "constraint")))
            .DistinctBy(needed => needed.Metric).Where(needed => !values.ContainsKey(needed.Metric))
            .Select(needed => new Violation($"/values/{JsonPointer.Part(needed.Metric)}", $"values must hold every {needed.Of}'s metric, but got no '{needed.Metric}'."));
}

/// <summary>The answer to a report or a heartbeat.</summary>
/// <param name="ShouldStop">Whether to stop: pruner, cancel, pause, or a lost lease.</param>
/// <param name="Reason">Why.</param>
/// <param name="LeaseExpiresAt">Until when the lease holds now; null when it is lost.</param>
public sealed record ReportAnswer(bool ShouldStop, string? Reason, DateTimeOffset? LeaseExpiresAt);

/// <summary>Reasons of <see cref="ReportAnswer"/> that a worker acts on.</summary>
public static class StopReasons
{
    /// <summary>The study is paused: give the trial back to the queue.</summary>
    public const string Paused = "the study is paused";

    /// <summary>The lease ran out, and the trial is somebody else's or waits for its turn again: say nothing more about it.</summary>
    public const string LeaseLost = "the lease is lost";
}
