// Notation: m = mean, s = standard deviation of one coordinate; low, high = ends of the cell in which m lies; α = the least probability of leaving it.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>Keeps a discrete coordinate moving: without it, once s is small beside a cell, no other value is ever tried again.</summary>
/// <remarks>Hamano, Saito, Nomura and Shirakawa, CMA-ES with Margin (GECCO 2022), section 4.2, with α = 1/(nλ).</remarks>
internal static class Margin
{
    /// <summary>Where the mean must be, and by how much the deviation must be stretched, at least 1.</summary>
    /// <param name="mean">m in [0, 1].</param>
    /// <param name="deviation">s, positive.</param>
    /// <param name="low">Of the cell; at most 0 = there is nothing below.</param>
    /// <param name="high">Of the cell; at least 1 = there is nothing above.</param>
    /// <param name="alpha">α in (0, ½).</param>
    public static (double Mean, double Stretch) Correct(double mean, double deviation, double low, double high, double alpha)
    {
        const double Edge = 1e-12;
        var (isFirst, isLast) = (low <= Edge, high >= 1 - Edge);
        if (isFirst && isLast)
            return (mean, 1);
        if (isFirst || isLast)
        {
            // Only one way out: not farther from it than the (1 − α)-quantile.
            var reach = deviation * NormalScores.At(1 - alpha);
            return (isFirst ? Math.Max(mean, high - reach) : Math.Min(mean, low + reach), 1);
        }

        var (below, above) = (Cdf((low - mean) / deviation), Cdf((mean - high) / deviation));
        var (least, inside) = (alpha / 2, 1 - below - above);
        if (below >= least && above >= least)
            return (mean, 1);
        var (down, up) = (Math.Max(least, below), Math.Max(least, above));
        // What the sides gain is taken from where there is more than the least.
        var excess = 1 - down - up - inside;
        var spare = down + up + inside - 3 * least;
        (down, up) = spare > 0 ? (down + excess * (down - least) / spare, up + excess * (up - least) / spare) : (least, least);
        var (zDown, zUp) = (NormalScores.At(1 - down), NormalScores.At(1 - up));
        return ((low * zUp + high * zDown) / (zDown + zUp), (high - low) / (deviation * (zDown + zUp)));
    }

    private static double Cdf(double z) => MathNet.Numerics.Distributions.Normal.CDF(0, 1, z);
}
