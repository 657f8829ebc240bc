using MathNet.Numerics.Distributions;

namespace HpoService.Search.Numerics;

/// <summary>Quantiles of the standard normal distribution.</summary>
public static class NormalScores
{
    /// <summary>The number below which a part of the distribution lies.</summary>
    /// <param name="part">In (0, 1).</param>
    public static double At(double part) => Normal.InvCDF(0, 1, part);
}
