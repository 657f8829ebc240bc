// Notation: l = density of some trials, g = density of the others; γ = share of the first, in (0, 1]; r = 1 / (γ + (1 − γ)·g/l).
namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>How much more likely than at random a point is to be one of some trials: r, at most 1/γ.</summary>
/// <remarks>The relative density ratio (Yamada et al., NIPS 2011). Of the trials that keep a constraint and the others it is, in logarithms, what c-TPE adds for each constraint, and for the
/// objective (Watanabe and Hutter, IJCAI 2023, arXiv 2211.14411, section 3): a constraint that nearly all trials keep counts for next to nothing.</remarks>
internal sealed class RelativeRatio(Parzen l, Parzen g, double share)
{
    /// <summary>ln r at u, shape [d].</summary>
    public double Log(double[] u) => Log(l.LogDensity(u) - g.LogDensity(u), share);

    /// <summary>ln r for ln l/g.</summary>
    public static double Log(double ratio, double share) => -Math.Log(share + (1 - share) * Math.Exp(-ratio));
}
