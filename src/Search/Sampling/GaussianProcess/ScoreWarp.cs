// Notation: scores are larger-is-better; NaN = infeasible.
namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What is done to raw scores before they are standardised.</summary>
internal enum Warp
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>How far a score lies below the median is compressed from 20 spreads of the better half on, to 60 at most.</summary>
    Outliers,

    /// <summary><see cref="Outliers"/>, then the power transformation that makes the scores most normal.</summary>
    Stretched,

    /// <summary>How far a score lies below the median is compressed from 1 spread on, to 3 at most.</summary>
    Compressed,
}

/// <summary>Turns raw scores into targets that a Gaussian process can model: whatever their scale, outliers and failures.</summary>
/// <remarks>Compression: how far a score lies below the median counts in full up to some spreads of the better half, then ever less: how bad a bad trial is carries little information about the optimum, that it is bad does. Infeasible trials stand a little below the worst.
/// Vizier (Song et al., arXiv 2408.11527, section 3.2) takes normal quantiles of the ranks below the median instead.</remarks>
internal static class ScoreWarp
{
    /// <summary>Targets with mean 0 and variance 1, in the order of the scores; all 0 when they do not differ.</summary>
    public static double[] Apply(double[] scores, Warp warp)
    {
        var feasible = scores.Where(double.IsFinite).Order().ToArray();
        if (feasible.Length == 0)
            return new double[scores.Length];
        var (top, median) = (feasible[^1], feasible[feasible.Length / 2]);
        // What lies further below is compressed to all but the same, and in its unit the squares of the others' differences would be 0.
        var bottom = warp != Warp.None && top > median ? Math.Max(feasible[0], median - 1e100 * (top - median)) : feasible[0];
        // Divide first: the squares of values near 1e300 are infinite.
        var unit = top > bottom ? Math.Max(top / 2 - bottom / 2, double.Epsilon) : 1;
        var spread = Math.Sqrt(feasible.Skip(feasible.Length / 2).Average(s => Math.Pow(s / unit - median / unit, 2)));
        if (!(spread > 0))
            spread = bottom < top ? 1e-3 : 0;
        var limit = spread * warp switch { Warp.None => double.PositiveInfinity, Warp.Compressed => 1, _ => 20 };
        var warped = Array.ConvertAll(scores, s => double.IsFinite(s) ? Compress(Math.Max(s, bottom) / unit - median / unit, limit) : double.NaN);
        var low = warped.Where(double.IsFinite).Min();
        // In proportion to the others: next to a spread of 1e-12 a fixed step would be all there is to see.
        var infeasible = low - Math.Max(0.25 * spread, 1e-3 * (low < 0 ? -low : 1));
        var targets = Standardize(Array.ConvertAll(warped, w => double.IsFinite(w) ? w : infeasible));
        return warp == Warp.Stretched ? Standardize(YeoJohnson.Apply(targets)) : targets;
    }

    private static double[] Standardize(double[] targets)
    {
        var mean = targets.Average();
        var deviation = Math.Sqrt(targets.Average(t => (t - mean) * (t - mean)));
        return Array.ConvertAll(targets, t => deviation > 0 ? (t - mean) / deviation : 0);
    }

    // From the limit on, with L = ln(gap/limit): 1 + 2·L/(2 + L) limits.
    private static double Compress(double difference, double limit) =>
        -difference is var gap && gap > limit && Math.Log(gap / limit) is var log ? -limit * (1 + 2 * log / (2 + log)) : difference;
}
