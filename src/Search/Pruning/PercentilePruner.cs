using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>percentile</c>.</summary>
public sealed record PercentileOptions
{
    /// <summary>Which share of the trials goes on, in percent, above 0 and below 100.</summary>
    public double Percentile { get; init; } = 25;

    /// <summary>Steps below this one are never judged, 0 or more.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>How many completed trials must have reported by the step, at least 1.</summary>
    public int MinTrials { get; init; } = 5;
}

/// <summary>Stops a trial whose best value so far is worse than that of the best so many percent of the completed trials by the same step.</summary>
/// <remarks>The rule of the median, Golovin et al., Google Vizier (KDD 2017), section 3.1.2, for any percentile, with the best value instead of
/// the running average; linear between two trials. Judges the first objective. A trial without a finite value counts as the worst.</remarks>
internal sealed class PercentilePruner : IPruner
{
    private readonly PercentileOptions _options;
    private readonly string _bar;

    public PercentilePruner(PercentileOptions options, string root = "/pruner", string? bar = null)
    {
        SamplerOptions.Require(options.Percentile is > 0 and < 100, root, "percentile", "0 < percentile < 100", options.Percentile);
        SamplerOptions.Require(options.WarmupSteps >= 0, root, "warmupSteps", "warmupSteps >= 0", options.WarmupSteps);
        SamplerOptions.Require(options.MinTrials >= 1, root, "minTrials", "minTrials >= 1", options.MinTrials);
        (_options, _bar) = (options, bar ?? $"best {options.Percentile} %");
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        var objective = history.Objectives[0];
        if (latest.Step < _options.WarmupSteps || !latest.Values.ContainsKey(objective.Metric))
            return PruneDecision.Continue;
        var others = new List<double>();
        foreach (var trial in history.Trials)
            if (trial.State == TrialState.Completed && trial.Number != trialNumber && Curve.Of(trial, objective) is var curve && curve.CountBy(latest.Step) > 0)
                others.Add(curve.BestBy(latest.Step));
        if (others.Count < _options.MinTrials)
            return PruneDecision.Continue;
        others.Sort();
        var (best, bar) = (Curve.Of(history, trialNumber, latest).BestBy(latest.Step), Quantile(others, 1 - _options.Percentile / 100));
        // Score is its own inverse: it gives back the metric's value for the message.
        return best < bar
            ? new PruneDecision(true, $"The best {objective.Metric} by step {latest.Step}, {objective.Score(best)}, is worse than the {_bar} of {others.Count} completed trials, {objective.Score(bar)}.")
            : PruneDecision.Continue;
    }

    private static double Quantile(List<double> sorted, double share)
    {
        var position = share * (sorted.Count - 1);
        var (low, high) = (sorted[(int)Math.Floor(position)], sorted[(int)Math.Ceiling(position)]);
        // ∞ − ∞ is no number.
        return low == high ? low : double.IsFinite(low) ? low + (high - low) * (position - Math.Floor(position)) : low;
    }
}
