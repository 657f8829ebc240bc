// Notation: scores are larger-is-better; NaN = infeasible.
using MathNet.Numerics.Distributions;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Turns raw scores into targets that a Gaussian process can model: whatever their scale, outliers and failures.</summary>
/// <remarks>Scores below the median are replaced by normal quantiles of their ranks, with the spread of the better half, and infeasible
/// trials stand half a range below the worst: as in Vizier (Song et al., arXiv 2408.11527, section 3.2). How bad a bad trial is carries no
/// information about the optimum; that it is bad does.</remarks>
internal static class ScoreWarp
{
    /// <summary>Targets with mean 0 and variance 1, in the order of the scores; all 0 when they do not differ.</summary>
    public static double[] Apply(double[] scores)
    {
        var feasible = scores.Where(double.IsFinite).Order().ToArray();
        if (feasible.Length == 0)
            return new double[scores.Length];
        var top = feasible[^1];
        // Divide first: the squares of values near 1e300 are infinite.
        var unit = top > feasible[0] ? Math.Max(top / 2 - feasible[0] / 2, double.Epsilon) : 1;
        var median = feasible[feasible.Length / 2];
        var spread = Math.Sqrt(feasible.Skip(feasible.Length / 2).Average(s => Math.Pow(s / unit - median / unit, 2)));
        if (!(spread > 0))
            spread = feasible[0] < top ? 1e-3 : 0;
        var warped = Array.ConvertAll(scores, s => !double.IsFinite(s) ? double.NaN : (s >= median || (Knobs.Get("RAW",0)>0 && (median-s)/unit < Knobs.Get("RAW",0)*spread)) ? s / unit - median / unit : BelowMedian(feasible, s, spread));
        var low = warped.Where(double.IsFinite).Min();
        var range = warped.Where(double.IsFinite).Max() - low;
        var targets = Array.ConvertAll(warped, w => double.IsFinite(w) ? w : low - Math.Max(0.5 * range, 1e-3));
        var mean = targets.Average();
        var deviation = Math.Sqrt(targets.Average(t => (t - mean) * (t - mean)));
        return Array.ConvertAll(targets, t => deviation > 0 ? (t - mean) / deviation : 0);
    }

    private static double BelowMedian(double[] sorted, double score, double spread)
    {
        var first = Array.BinarySearch(sorted, score);
        while (first > 0 && sorted[first - 1] == score)
            first--;
        var last = first;
        while (last + 1 < sorted.Length && sorted[last + 1] == score)
            last++;
        return spread * Normal.InvCDF(0, 1, (0.5 * (first + last) + 0.5) / sorted.Length);
    }
}
