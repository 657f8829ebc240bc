using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>median</c>.</summary>
public sealed record MedianOptions
{
    /// <summary>Steps below this one are never judged, 0 or more.</summary>
    public long WarmupSteps { get; init; }

    /// <summary>How many completed trials must have reported by the step, at least 1.</summary>
    public int MinTrials { get; init; } = 5;
}

/// <summary>Stops a trial whose best value so far is worse than the median of what the completed trials had reached by the same step.</summary>
/// <remarks>Golovin et al., Google Vizier (KDD 2017), section 3.1.2, with the best value instead of the running average. Judges the first
/// objective. A trial without a finite value counts as the worst.</remarks>
internal sealed class MedianPruner : IPruner
{
    private readonly MedianOptions _options;

    public MedianPruner(MedianOptions options)
    {
        if (options.WarmupSteps < 0)
            throw new InvalidStudyException("/pruner/options/warmupSteps", $"warmupSteps >= 0 must hold, but got {options.WarmupSteps}.");
        if (options.MinTrials < 1)
            throw new InvalidStudyException("/pruner/options/minTrials", $"minTrials >= 1 must hold, but got {options.MinTrials}.");
        _options = options;
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        var objective = history.Objectives[0];
        if (latest.Step < _options.WarmupSteps || !latest.Values.ContainsKey(objective.Metric))
            return PruneDecision.Continue;
        var others = history.Trials
            .Where(t => t.Number != trialNumber && t.State == TrialState.Completed && t.Measurements.Any(m => m.Step <= latest.Step))
            .Select(t => BestScore(t.Measurements, objective, latest.Step)).Order().ToArray();
        if (others.Length < _options.MinTrials)
            return PruneDecision.Continue;
        var own = history.Trials.Where(t => t.Number == trialNumber).SelectMany(t => t.Measurements).Append(latest);
        var (best, median) = (BestScore(own, objective, latest.Step), Median(others));
        // Score is its own inverse: it gives back the metric's value for the message.
        return best < median
            ? new PruneDecision(true, $"The best {objective.Metric} by step {latest.Step}, {objective.Score(best)}, is worse than the median of {others.Length} completed trials, {objective.Score(median)}.")
            : PruneDecision.Continue;
    }

    private static double BestScore(IEnumerable<Measurement> measurements, Objective objective, long step) => measurements
        .Where(m => m.Step <= step && m.Values.ContainsKey(objective.Metric))
        .Select(m => objective.Score(m.Values[objective.Metric])).Where(double.IsFinite)
        .DefaultIfEmpty(double.NegativeInfinity).Max();

    private static double Median(double[] sorted) => sorted.Length % 2 == 1
        ? sorted[sorted.Length / 2]
        : sorted[sorted.Length / 2 - 1] + (sorted[sorted.Length / 2] - sorted[sorted.Length / 2 - 1]) / 2;
}
