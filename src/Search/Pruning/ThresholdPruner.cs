using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>threshold</c>; at least one bound.</summary>
public sealed record ThresholdOptions
{
    /// <summary>A trial that reports less stops.</summary>
    public double? Lower { get; init; }

    /// <summary>A trial that reports more stops.</summary>
    public double? Upper { get; init; }

    /// <summary>Steps below this one are never judged, 0 or more.</summary>
    public long WarmupSteps { get; init; }
}

/// <summary>Stops a trial whose latest value of the first objective lies outside fixed bounds or is no finite number.</summary>
internal sealed class ThresholdPruner : IPruner
{
    private readonly ThresholdOptions _options;

    public ThresholdPruner(ThresholdOptions options, string root = "/pruner")
    {
        if (options.Lower is null && options.Upper is null)
            throw new InvalidStudyException($"{root}/options", "threshold needs lower or upper, but got neither.");
        SamplerOptions.Require(!(options.Lower >= options.Upper), root, "lower", "lower < upper", $"[{options.Lower}, {options.Upper}]");
        SamplerOptions.Require(options.WarmupSteps >= 0, root, "warmupSteps", "warmupSteps >= 0", options.WarmupSteps);
        _options = options;
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        var metric = history.Objectives[0].Metric;
        if (latest.Step < _options.WarmupSteps || !latest.Values.TryGetValue(metric, out var value))
            return PruneDecision.Continue;
        var rule = !double.IsFinite(value) ? "is no finite number"
            : value < _options.Lower ? $"is below {_options.Lower}"
            : value > _options.Upper ? $"is above {_options.Upper}"
            : null;
        return rule is null ? PruneDecision.Continue : new PruneDecision(true, $"{metric} at step {latest.Step}, {value}, {rule}.");
    }
}
