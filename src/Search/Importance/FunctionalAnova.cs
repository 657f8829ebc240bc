using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Importance;

/// <summary>How much of a metric's variance over the whole search space is due to each parameter alone.</summary>
/// <remarks>
/// Functional ANOVA over a random forest (Hutter, Hoos and Leyton-Brown, ICML 2014, sections 3 and 4):
/// <code>
/// f        the forest: the mean of T trees, each on a bootstrap sample of the trials
/// a_i(x)   f's mean over all parameters but i, at value x of parameter i: exact, by the leaves' boxes
/// V_i      the variance of a_i(X_i), X_i uniform in the unit cube's coordinate i
/// V        the variance of f(X), X uniform in the unit cube
/// S_i      V_i / V: the first-order index of Sobol (Math. Comput. Simul. 55, 2001, eq. 8); 1 − Σ S_i is due to interactions
/// </code>
/// V_i is of the forest's marginals rather than the mean of its trees' V_i, as the noise of a tree adds to its own variances, but averages
/// out in a forest's. V is taken over a Latin hypercube (McKay, Beckman and Conover, Technometrics 21, 1979).
///
/// A parameter that is inactive in a trial has no influence there, whatever its coordinate: each tree draws that uniformly. So the
/// value is a function on the whole unit cube, whose coordinates are independent, and its shares are well defined for conditional spaces.
///
/// Rejected: PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023) is faster, but measures how the distribution of good trials differs from that of all,
/// one parameter at a time: not a share of variance, and no statement about interactions.
/// </remarks>
public static class FunctionalAnova
{
    /// <summary>The most trials that the forest is grown on; of more, evenly spaced ones are taken.</summary>
    public const int MaxTrials = 2000;

    /// <summary>The fewest trials from which anything is said.</summary>
    public const int MinTrials = 4;

    private const int Trees = 64, Samples = 4096;

    /// <summary>The shares, or null when there are fewer than four trials or the values do not differ.</summary>
    /// <param name="space">The search space, d parameters.</param>
    /// <param name="coordinates">Each trial's point in the unit cube, shape [n][d]; NaN = inactive.</param>
    /// <param name="values">The metric of each trial, finite, shape [n]. Those further than three interquartile ranges outside of the
    /// quartiles count as that far (Tukey's outer fences): one diverged trial would else be all the variance.</param>
    /// <param name="seed">Same inputs and seed, same shares.</param>
    /// <param name="cancellationToken">Polled between trees.</param>
    public static VarianceShares? Of(SearchSpace space, IReadOnlyList<double[]> coordinates, IReadOnlyList<double> values, long seed, CancellationToken cancellationToken)
    {
        var n = Math.Min(values.Count, MaxTrials);
        var chosen = Enumerable.Range(0, n).Select(i => (int)((long)i * values.Count / n)).ToArray();
        if (n < MinTrials || Scaled([.. chosen.Select(i => values[i])]) is not { } scaled)
            return null;
        var bins = space.Parameters.Select(p => new Bins(p)).ToArray();
        var known = chosen.Select(i => coordinates[i].Select((x, j) => double.IsNaN(x) ? -1 : bins[j].Of(x)).ToArray()).ToArray();
        var forest = new RegressionTree[Trees];
        var marginals = bins.Select(b => new double[b.Count]).ToArray();
        for (var t = 0; t < Trees; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var random = new RandomStream(seed, t);
            var drawn = Enumerable.Range(0, n).Select(_ => random.NextInt(n)).ToArray();
            forest[t] = new RegressionTree(bins, [.. drawn.Select(i => Complete(known[i], bins, random))], [.. drawn.Select(i => scaled[i])], random);
            forest[t].AddMarginals(marginals);
        }

        var main = marginals.Select((marginal, j) => Variance(marginal, bins[j].Weights) / (Trees * Trees)).ToArray();
        var total = Math.Max(TotalVariance(forest, bins, new RandomStream(seed, Trees), cancellationToken), main.Sum());
        return total > 0 ? new VarianceShares([.. main.Select(v => v / total)], 1 - Math.Min(1, main.Sum() / total), n) : null;
    }

    private static byte[] Complete(int[] known, Bins[] bins, RandomStream random) =>
        [.. known.Select((bin, j) => (byte)(bin >= 0 ? bin : bins[j].Draw(random.NextDouble())))];

    /// <summary>The values within the fences, mapped to [0, 1], where no square overflows; null when they do not differ.</summary>
    private static double[]? Scaled(double[] values)
    {
        var sorted = values.Order().ToArray();
        var (lower, upper) = (sorted[sorted.Length / 4], sorted[3 * sorted.Length / 4]);
        var reach = 3 * (upper - lower);
        var hasFences = reach > 0 && double.IsFinite(upper + reach) && double.IsFinite(lower - reach);
        var low = hasFences ? Math.Max(sorted[0], lower - reach) : sorted[0];
        var high = hasFences ? Math.Min(sorted[^1], upper + reach) : sorted[^1];
        return low < high ? [.. values.Select(v => (Math.Clamp(v, low, high) / 2 - low / 2) / (high / 2 - low / 2))] : null;
    }

    private static double Variance(double[] values, double[] weights)
    {
        var mean = values.Zip(weights, (v, w) => v * w).Sum();
        return values.Zip(weights, (v, w) => w * (v - mean) * (v - mean)).Sum();
    }

    private static double TotalVariance(RegressionTree[] forest, Bins[] bins, RandomStream random, CancellationToken cancellationToken)
    {
        var points = new byte[Samples][];
        for (var i = 0; i < Samples; i++)
            points[i] = new byte[bins.Length];
        for (var j = 0; j < bins.Length; j++)
        {
            var strata = Enumerable.Range(0, Samples).ToArray();
            for (var i = 0; i < Samples; i++)
            {
                var k = i + random.NextInt(Samples - i);
                (strata[i], strata[k]) = (strata[k], strata[i]);
                points[i][j] = (byte)bins[j].Draw((strata[i] + 0.5) / Samples);
            }
        }

        var sums = new double[Samples];
        foreach (var tree in forest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < Samples; i++)
                sums[i] += tree.Predict(points[i]);
        }

        var mean = sums.Average();
        return sums.Sum(s => (s - mean) * (s - mean)) / Samples / (Trees * Trees);
    }
}

/// <summary>Shares of a metric's variance.</summary>
/// <param name="Main">The share of each parameter alone, shape [d], each in [0, 1]; with <paramref name="Interactions"/> they sum to 1.</param>
/// <param name="Interactions">What only two parameters or more together explain, in [0, 1].</param>
/// <param name="Trials">How many trials it was computed from.</param>
public sealed record VarianceShares(IReadOnlyList<double> Main, double Interactions, int Trials);
