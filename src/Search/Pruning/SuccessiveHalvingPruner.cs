using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>successiveHalving</c>.</summary>
public sealed record SuccessiveHalvingOptions
{
    /// <summary>The step of the first rung, at least 1; default: a hundredth of the longest completed trial, at least 1, and nothing stops before one
    /// has completed.</summary>
    public long? MinResource { get; init; }

    /// <summary>One in so many goes on at a rung, and the next rung is so many times as far, 2 to 100.</summary>
    public int ReductionFactor { get; init; } = 4;

    /// <summary>How many of the lowest rungs are left out, 0 to 30.</summary>
    public int MinEarlyStoppingRate { get; init; }
}

/// <summary>Judges a trial at each rung that it reaches against all that reached it: the best share goes on.</summary>
/// <remarks>Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys 2020), in its stopping form: nobody waits for anybody. A trial's
/// score at a rung is its best up to its first measurement there or later, so that reports may skip steps or come late. It is judged at its
/// highest rung with each report, so that one that passed an empty rung still stops when better ones come.</remarks>
internal sealed class SuccessiveHalvingPruner : IPruner
{
    private readonly SuccessiveHalvingOptions _options;

    public SuccessiveHalvingPruner(SuccessiveHalvingOptions options, string root = "/pruner")
    {
        SamplerOptions.Require(options.MinResource is null or >= 1, root, "minResource", "minResource >= 1", options.MinResource);
        SamplerOptions.Require(options.ReductionFactor is >= 2 and <= 100, root, "reductionFactor", "2 <= reductionFactor <= 100", options.ReductionFactor);
        SamplerOptions.Require(options.MinEarlyStoppingRate is >= 0 and <= 30, root, "minEarlyStoppingRate", "0 <= minEarlyStoppingRate <= 30", options.MinEarlyStoppingRate);
        _options = options;
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest) =>
        (_options.MinResource ?? Shortest(Longest(history))) is { } first
            ? Decide(history, trialNumber, latest, first, _options.ReductionFactor, _options.MinEarlyStoppingRate, _ => true)
            : PruneDecision.Continue;

    /// <summary>The last step of the longest completed trial; null when none reported any.</summary>
    public static long? Longest(StudyHistory history)
    {
        var longest = -1L;
        foreach (var trial in history.Trials)
            if (trial.State == TrialState.Completed)
                longest = Math.Max(longest, Curve.Of(trial, history.Objectives[0]).Last);
        return longest < 0 ? null : longest;
    }

    /// <summary>The first rung when none is given.</summary>
    public static long? Shortest(long? longest) => longest is { } last ? Math.Max(1, last / 100) : null;

    /// <summary>Judges among some of the trials.</summary>
    /// <param name="history">The study.</param>
    /// <param name="number">Of the trial that reports.</param>
    /// <param name="latest">What it reported.</param>
    /// <param name="first">The step of rung 0.</param>
    /// <param name="factor">The reduction factor.</param>
    /// <param name="skipped">How many rungs are left out.</param>
    /// <param name="isPeer">Which trials, by number, take part.</param>
    public static PruneDecision Decide(StudyHistory history, int number, Measurement latest, long first, int factor, int skipped, Func<int, bool> isPeer)
    {
        var objective = history.Objectives[0];
        if (!latest.Values.ContainsKey(objective.Metric))
            return PruneDecision.Continue;
        var rung = (Int128)first;
        for (var i = 0; i < skipped; i++)
            rung *= factor;
        if (rung > latest.Step)
            return PruneDecision.Continue;
        while (rung * factor <= latest.Step)
            rung *= factor;
        var own = Curve.Of(history, number, latest).BestOnReaching((long)rung)!.Value;
        var (better, count) = (0, 1);
        foreach (var trial in history.Trials)
        {
            if (trial.Number == number || trial.State is TrialState.Infeasible or TrialState.Failed or TrialState.Canceled || !isPeer(trial.Number)
                || Curve.Of(trial, objective).BestOnReaching((long)rung) is not { } score)
                continue;
            count++;
            better += score > own ? 1 : 0;
        }

        var places = Math.Max(1, count / factor);
        return better < places
            ? PruneDecision.Continue
            : new PruneDecision(true, $"{places} of the {count} trials that reached step {rung} may go on, but {better} had a better {objective.Metric} there than {objective.Score(own)}.");
    }
}
