// Notation: φ, Φ = density and distribution of the standard normal; z = (μ − best) / σ; h(z) = φ(z) + z·Φ(z); EI = σ·h(z);
// M(z) = Φ(z) / φ(z), so h = φ·(1 + z·M).
using MathNet.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>ln EI without underflow, for any finite z.</summary>
/// <remarks>Ament et al., Unexpected Improvements to Expected Improvement (NeurIPS 2023, arXiv 2310.20708), equation 9; here through the
/// Mills ratio, and through its asymptotic series for z &lt; −1000, where 1 + z·M would cancel.</remarks>
internal static class LogExpectedImprovement
{
    private static readonly double LogSqrt2Pi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>ln h(z) and its derivative Φ(z) / h(z).</summary>
    public static (double Value, double Derivative) LogH(double z)
    {
        if (z > 0)
        {
            var (density, mass) = (Math.Exp(-0.5 * z * z - LogSqrt2Pi), 0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2)));
            var h = density + z * mass;
            return (Math.Log(h), mass / h);
        }

        var mills = Math.Sqrt(Math.PI / 2) * Erfcx(-z / Math.Sqrt(2));
        var inverse2 = 1 / (z * z);
        var rest = z < -1000 ? inverse2 * (1 - 3 * inverse2) : 1 + z * mills;
        return (-0.5 * z * z - LogSqrt2Pi + Math.Log(rest), mills / rest);
    }

    /// <summary>exp(x²)·erfc(x) for x ≥ 0: by the product up to 5, then by its continued fraction (DLMF 7.9.1).</summary>
    public static double Erfcx(double x)
    {
        if (x < 5)
            return Math.Exp(x * x) * SpecialFunctions.Erfc(x);
        var fraction = x;
        for (var k = 40; k >= 1; k--)
            fraction = x + 0.5 * k / fraction;
        return 1 / (Math.Sqrt(Math.PI) * fraction);
    }
}
