namespace HpoService.Search.Pruning;

/// <summary>The signed-rank test (Wilcoxon, Individual Comparisons by Ranking Methods, 1945).</summary>
internal static class SignedRank
{
    // Exact up to here: the distribution of the rank sum has n(n+1) + 1 values in half steps.
    private const int MaxExact = 60;

    /// <summary>The probability of so small a sum of the ranks of positive differences when signs are a coin's. Equal sizes share their ranks; those of
    /// zeros count half on each side.</summary>
    /// <param name="differences">Shape [n], n ≥ 1; infinite ones are larger than all others; no NaN.</param>
    /// <returns>One-sided p-value in (0, 1]: exact up to 60 differences, then by the normal approximation.</returns>
    public static double PLess(IReadOnlyList<double> differences)
    {
        // Twice the rank, so that shared ones are whole numbers.
        var ranks = RanksOf(differences);
        var signed = differences.Where(d => d != 0).Select(d => (Rank: ranks[Math.Abs(d)], IsPositive: d > 0)).ToList();
        var observed = signed.Where(s => s.IsPositive).Sum(s => s.Rank);
        if (signed.Count > MaxExact)
        {
            var (mean, variance) = (signed.Sum(s => s.Rank) / 2.0, signed.Sum(s => (double)s.Rank * s.Rank) / 4);
            return MathNet.Numerics.Distributions.Normal.CDF(0, 1, (observed - mean) / Math.Sqrt(variance));
        }

        var odds = new double[signed.Sum(s => s.Rank) + 1];
        odds[0] = 1;
        foreach (var (rank, _) in signed)
            for (var sum = odds.Length - 1; sum >= 0; sum--)
                odds[sum] = (odds[sum] + (sum >= rank ? odds[sum - rank] : 0)) / 2;
        return Math.Min(1, odds.Take((int)observed + 1).Sum());
    }

    // By size.
    private static Dictionary<double, long> RanksOf(IReadOnlyList<double> differences)
    {
        var (ranks, before) = (new Dictionary<double, long>(), 0L);
        foreach (var size in differences.Select(Math.Abs).Order().CountBy(size => size))
        {
            ranks[size.Key] = 2 * before + size.Value + 1;
            before += size.Value;
        }

        return ranks;
    }
}
