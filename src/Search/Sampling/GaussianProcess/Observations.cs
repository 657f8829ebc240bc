// Notation: n observations in the order of their trials' numbers.
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A finished trial as the model sees it.</summary>
/// <param name="Parameters">Its point.</param>
/// <param name="X">Its features, shape [d].</param>
/// <param name="Score">Larger is better; NaN = it has none.</param>
internal sealed record Observation(ParameterValues Parameters, double[] X, double Score)
{
    /// <summary>The trial's number.</summary>
    public int Number { get; init; }

    /// <summary>Whether it has a score and keeps every outcome constraint.</summary>
    public bool IsFeasible { get; init; } = true;

    /// <summary>How far it keeps each bound of the outcome constraints, below 0 = broken, NaN = unknown; the last says whether it could be tried at all, 1 or −1.</summary>
    public double[] Slacks { get; init; } = [];

    public bool IsSame(Observation other) => Score.Equals(other.Score) && IsFeasible == other.IsFeasible && X.AsSpan().SequenceEqual(other.X);
}

/// <summary>Which observations the model is fitted to and when.</summary>
internal static class Observations
{
    /// <summary>Fewer than twice so many come on top of those that hyperparameters are fitted to.</summary>
    public const int MaxNew = 512;

    /// <summary>Of each finished trial.</summary>
    /// <param name="trials">By number.</param>
    /// <param name="features">Of its space.</param>
    /// <param name="objective">Whose score.</param>
    public static List<Observation> Of(IReadOnlyList<FinishedTrial> trials, Features features, int objective) => [.. trials.Select(t =>
    {
        // What broke a constraint tells of the objectives, too.
        var score = t.Measured?[objective] ?? double.NaN;
        // A pruned trial's state does not tell.
        var isBroken = t.Slacks.Any(v => v < 0);
        var isWhole = t.Trial.State != TrialState.Infeasible && !double.IsNaN(score);
        return new Observation(t.Trial.Parameters, features.Of(t.Trial.Parameters), score)
        {
            Number = t.Trial.Number,
            IsFeasible = isWhole && !isBroken,
            Slacks = [.. t.Slacks, isWhole || isBroken ? 1 : -1],
        };
    })];

    /// <summary>How many observations the hyperparameters are fitted to: all at first, then they stay for an eighth more, so that the n-th costs a
    /// fixed share of a fit.</summary>
    /// <param name="count">n.</param>
    /// <param name="settled">How many of them stand before the first pending trial: trials that finish later do not change these.</param>
    /// <param name="most">Instead of <see cref="MaxNew"/>.</param>
    public static int FittedOf(int count, int settled, int most = MaxNew)
    {
        if (count < 32)
            return count;
        var n = Math.Max(settled, count - Math.Min(count / 8, most));
        var step = 1;
        while (step <= n / 16 && step < most)
            step *= 2;
        return n - n % step;
    }

    /// <summary>At most <paramref name="most"/>: the best half of that, and of the others evenly many from all times, in their order.</summary>
    /// <param name="observations">Of them.</param>
    /// <param name="most">How many.</param>
    /// <param name="merit">What is large for the best; default: the score.</param>
    public static List<Observation> Select(List<Observation> observations, int most, Func<Observation, double>? merit = null)
    {
        merit ??= o => double.IsNaN(o.Score) ? double.NegativeInfinity : o.Score;
        if (observations.Count <= most)
            return observations;
        var order = Enumerable.Range(0, observations.Count).OrderByDescending(i => merit(observations[i]));
        var best = order.Take(most / 2).ToHashSet();
        var others = Enumerable.Range(0, observations.Count).Where(i => !best.Contains(i)).ToList();
        var spread = Enumerable.Range(0, most - best.Count).Select(i => others[(int)((long)i * others.Count / (most - best.Count))]);
        return [.. best.Concat(spread).Order().Select(i => observations[i])];
    }
}
