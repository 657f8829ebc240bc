// Notation: n observations in the order of their trials' numbers.
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A finished trial as the model sees it.</summary>
/// <param name="Parameters">Its point.</param>
/// <param name="X">Its features, shape [d].</param>
/// <param name="Score">Larger is better; NaN = infeasible.</param>
internal sealed record Observation(ParameterValues Parameters, double[] X, double Score)
{
    public bool IsSame(Observation other) => Score.Equals(other.Score) && X.AsSpan().SequenceEqual(other.X);
}

/// <summary>Which observations the model is fitted to and when.</summary>
internal static class Observations
{
    /// <summary>At most so many enter the fit of the hyperparameters, whose cost grows with their cube.</summary>
    public const int MaxFitted = 200;

    // They all enter the model, whose cost grows with their square.
    private const int MostNew = 512;

    /// <summary>Finished trials that lie in the space; failed and canceled ones say nothing about a point.</summary>
    /// <param name="history">Of the study.</param>
    /// <param name="features">Of its space.</param>
    /// <param name="weights">Of several objectives, see <see cref="Scalarization"/>.</param>
    public static List<Observation> Of(StudyHistory history, Features features, double[] weights)
    {
        var trials = FinishedTrials.Of(history);
        var scores = trials.Select(t => t.Scores).OfType<double[]>().ToList();
        var several = weights.Length > 1 && scores.Count > 0 ? new Scalarization(scores, weights) : null;
        return [.. trials.Select(t => new Observation(t.Trial.Parameters, features.Of(t.Trial.Parameters), t.Scores is not { } s ? double.NaN : several?.Of(s) ?? s[0]))];
    }

    /// <summary>How many observations the hyperparameters are fitted to: all at first, then they stay for an eighth more, so that the n-th costs a
    /// fixed share of a fit; at most 1,023 come on top of them.</summary>
    /// <param name="count">n.</param>
    /// <param name="settled">How many of them stand before the first pending trial: trials that finish later do not change these.</param>
    public static int FittedOf(int count, int settled)
    {
        if (count < 32)
            return count;
        var n = Math.Max(settled, count - Math.Min(count / 8, MostNew));
        var step = 1;
        while (step <= n / 16 && step < MostNew)
            step *= 2;
        return n - n % step;
    }

    /// <summary>At most <paramref name="most"/>: the best half of that, and of the others evenly many from all times, in their order.</summary>
    public static List<Observation> Select(List<Observation> observations, int most)
    {
        if (observations.Count <= most)
            return observations;
        var order = Enumerable.Range(0, observations.Count).OrderByDescending(i => double.IsNaN(observations[i].Score) ? double.NegativeInfinity : observations[i].Score);
        var best = order.Take(most / 2).ToHashSet();
        var others = Enumerable.Range(0, observations.Count).Where(i => !best.Contains(i)).ToList();
        var spread = Enumerable.Range(0, most - best.Count).Select(i => others[(int)((long)i * others.Count / (most - best.Count))]);
        return [.. best.Concat(spread).Order().Select(i => observations[i])];
    }
}
