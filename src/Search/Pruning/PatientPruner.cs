using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>patient</c>.</summary>
public sealed record PatientOptions
{
    /// <summary>How many measurements without an improvement are waited for, at least 1.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>What the best value must gain to count as an improvement, 0 or more.</summary>
    public double MinDelta { get; init; }

    /// <summary>The pruner that then decides, with a kind and options of its own; null = the trial stops.</summary>
    public PrunerSettings? Pruner { get; init; }
}

/// <summary>Lets a trial go on while its own best value still improves; then another pruner decides.</summary>
/// <remarks>Early stopping with patience: Prechelt, Early Stopping – But When? (1998), criterion UP. Judges the first objective.</remarks>
internal sealed class PatientPruner : IPruner
{
    private readonly PatientOptions _options;
    private readonly IPruner? _inner;

    public PatientPruner(PatientOptions options, IPruner? inner, string root = "/pruner")
    {
        SamplerOptions.Require(options.Patience >= 1, root, "patience", "patience >= 1", options.Patience);
        SamplerOptions.Require(options.MinDelta >= 0, root, "minDelta", "minDelta >= 0", options.MinDelta);
        (_options, _inner) = (options, inner);
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        var objective = history.Objectives[0];
        if (!latest.Values.ContainsKey(objective.Metric))
            return PruneDecision.Continue;
        var curve = Curve.Of(history, trialNumber, latest);
        var count = curve.CountBy(latest.Step);
        if (count <= _options.Patience)
            return PruneDecision.Continue;
        var (before, since) = (curve.Best(..(count - _options.Patience)), curve.Best((count - _options.Patience)..count));
        if (since > before + _options.MinDelta)
            return PruneDecision.Continue;
        return _inner is not null
            ? _inner.Decide(history, trialNumber, latest)
            : new PruneDecision(true, $"The last {_options.Patience} values of {objective.Metric} by step {latest.Step}, at best {objective.Score(since)}, "
                + $"do not improve on {objective.Score(before)} by more than {_options.MinDelta}.");
    }
}
