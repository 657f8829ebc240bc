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
/// <remarks><see cref="PercentilePruner"/> at 50 %.</remarks>
internal sealed class MedianPruner(MedianOptions options, string root = "/pruner") : IPruner
{
    private readonly PercentilePruner _half = new(new() { Percentile = 50, WarmupSteps = options.WarmupSteps, MinTrials = options.MinTrials }, root, "median");

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest) => _half.Decide(history, trialNumber, latest);
}
