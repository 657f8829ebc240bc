namespace HpoService.Bench.Statistics;

/// <summary>Wilcoxon's rank-sum test of two independent samples, one-sided.</summary>
internal static class RankSum
{
    private const int LargestExact = 60;

    /// <summary>The probability, were both samples from one distribution, that the first's values are at least as small as they are.</summary>
    /// <remarks>Up to 60 values in all exactly, over every assignment of the midranks (ties included); beyond it by the normal approximation
    /// with corrections for ties and continuity (Lehmann 1975, §1.2 and §1.4; Hollander and Wolfe 1999, §4.1). NaN counts as the largest.</remarks>
    /// <param name="first">At least one value.</param>
    /// <param name="second">At least one value.</param>
    public static double SmallerP(IReadOnlyCollection<double> first, IReadOnlyCollection<double> second)
    {
        var ranks = Ranks.Of([.. first, .. second]);
        var sum = ranks.Take(first.Count).Sum();
        return ranks.Length <= LargestExact ? Exact(ranks, first.Count, sum) : Normal(ranks, first.Count, sum);
    }

    /// <summary>The part of all subsets of m ranks whose sum is at most <paramref name="sum"/>.</summary>
    internal static double Exact(double[] ranks, int m, double sum)
    {
        // Midranks are multiples of ½: counted by their doubles. C(60, 30) ≈ 1.2e17 and its parts keep 1e-15 relative as doubles.
        var largest = (int)Math.Round(2 * sum);
        var counts = new double[m + 1, largest + 1];
        counts[0, 0] = 1;
        for (var i = 0; i < ranks.Length; i++)
        {
            var rank = (int)Math.Round(2 * ranks[i]);
            for (var k = Math.Min(m, i + 1); k >= 1; k--)
            {
                for (var s = largest; s >= rank; s--)
                    counts[k, s] += counts[k - 1, s - rank];
            }
        }

        var below = 0.0;
        for (var s = 0; s <= largest; s++)
            below += counts[m, s];
        var all = 1.0;
        for (var k = 1; k <= m; k++)
            all *= (double)(ranks.Length - m + k) / k;
        return Math.Min(below / all, 1);
    }

    internal static double Normal(double[] ranks, int m, double sum)
    {
        double n = ranks.Length - m, total = ranks.Length;
        var ties = ranks.GroupBy(r => r).Sum(g => Math.Pow(g.Count(), 3) - g.Count());
        var variance = m * n / 12 * (total + 1 - ties / (total * (total - 1)));
        // All equal: nothing speaks for either.
        return variance <= 0 ? 1 : NormalBelow((sum - m * (total + 1) / 2 + 0.5) / Math.Sqrt(variance));
    }

    // Φ by its series (Marsaglia 2004), exact to 1e-15 where a decision at 5 % needs it; 0 or 1 beyond 7.
    private static double NormalBelow(double z)
    {
        if (Math.Abs(z) > 7)
            return z > 0 ? 1 : 0;
        var (sum, term) = (z, z);
        for (var i = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); i += 2)
            sum += term *= z * z / i;
        return 0.5 + sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
    }
}
