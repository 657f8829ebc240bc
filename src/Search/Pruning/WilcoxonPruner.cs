using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>wilcoxon</c>.</summary>
public sealed record WilcoxonOptions
{
    /// <summary>The level of the test, above 0, at most 0.5: larger stops sooner.</summary>
    public double PThreshold { get; init; } = 0.1;

    /// <summary>How many steps a trial must share with the best one, at least 1. Below four no test can reach a level of 0.1.</summary>
    public int MinSteps { get; init; } = 4;
}

/// <summary>For trials whose steps are problem instances, folds or repeats in any order: stops one that is significantly worse than the best completed
/// trial on the steps that both have.</summary>
/// <remarks>A paired one-sided signed-rank test (Wilcoxon, 1945); racing by tests as in Birattari et al., F-Race (GECCO 2002). Judges the first
/// objective. A trial that is better in the mean goes on whatever the test says.</remarks>
internal sealed class WilcoxonPruner : IPruner
{
    private readonly WilcoxonOptions _options;

    public WilcoxonPruner(WilcoxonOptions options, string root = "/pruner")
    {
        SamplerOptions.Require(options.PThreshold is > 0 and <= 0.5, root, "pThreshold", "0 < pThreshold <= 0.5", options.PThreshold);
        SamplerOptions.Require(options.MinSteps >= 1, root, "minSteps", "minSteps >= 1", options.MinSteps);
        _options = options;
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        var objective = history.Objectives[0];
        if (!latest.Values.ContainsKey(objective.Metric) || Best(history, trialNumber) is not { } best)
            return PruneDecision.Continue;
        var (own, other) = (Curve.Of(history, trialNumber, latest), Curve.Of(best, objective));
        var differences = new List<double>();
        for (var (i, j) = (0, 0); i < own.Steps.Length && j < other.Steps.Length;)
        {
            if (own.Steps[i] == other.Steps[j])
                differences.Add(own.Scores[i] == other.Scores[j] ? 0 : own.Scores[i] - other.Scores[j]); // −∞ on both sides is a tie
            var (a, b) = (own.Steps[i], other.Steps[j]);
            (i, j) = (a <= b ? i + 1 : i, b <= a ? j + 1 : j);
        }

        if (differences.Count < _options.MinSteps || differences.Sum() >= 0)
            return PruneDecision.Continue;
        var p = SignedRank.PLess(differences);
        return p < _options.PThreshold
            ? new PruneDecision(true, $"{objective.Metric} is worse than that of trial {best.Number} on their {differences.Count} common steps (p = {p:G3} < {_options.PThreshold}).")
            : PruneDecision.Continue;
    }

    private static TrialSnapshot? Best(StudyHistory history, int except)
    {
        var objective = history.Objectives[0];
        TrialSnapshot? best = null;
        var bar = double.NegativeInfinity;
        foreach (var trial in history.Trials)
        {
            if (trial.State == TrialState.Completed && trial.Number != except && trial.Values.TryGetValue(objective.Metric, out var value)
                && double.IsFinite(value) && objective.Score(value) > bar)
                (best, bar) = (trial, objective.Score(value));
        }

        return best;
    }
}
