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
        var sizes = differences.Select(Math.Abs).Order().ToArray();
        var ranks = differences.Select(d => Rank(sizes, Math.Abs(d))).ToArray();
        var signed = ranks.Zip(differences).Where(pair => pair.Second != 0).ToList();
        var observed = signed.Where(pair => pair.Second > 0).Sum(pair => pair.First);
        if (signed.Count > MaxExact)
        {
            var (mean, variance) = (signed.Sum(pair => pair.First) / 2.0, signed.Sum(pair => (double)pair.First * pair.First) / 4);
            return MathNet.Numerics.Distributions.Normal.CDF(0, 1, (observed - mean) / Math.Sqrt(variance));
        }

        var odds = new double[signed.Sum(pair => pair.First) + 1];
        odds[0] = 1;
        foreach (var (rank, _) in signed)
            for (var sum = odds.Length - 1; sum >= 0; sum--)
                odds[sum] = (odds[sum] + (sum >= rank ? odds[sum - rank] : 0)) / 2;
        return Math.Min(1, odds.Take(observed + 1).Sum());
    }

    private static int Rank(double[] sorted, double size)
    {
        var first = Array.FindIndex(sorted, s => s == size);
        var last = Array.FindLastIndex(sorted, s => s == size);
        return first + last + 2;
    }
}
