// Notation: y, shape [n] = scores; λ = exponent; T(y; λ) = ((1 + y)^λ − 1)/λ for y ≥ 0 and −((1 − y)^(2−λ) − 1)/(2 − λ) for y < 0.
using MathNet.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The power transformation that makes numbers of either sign look most normal; it keeps their order.</summary>
/// <remarks>Yeo and Johnson, A new family of power transformations to improve normality or symmetry, Biometrika 87 (2000), equations 2.1 and 3.1. HEBO uses it for
/// objectives (Cowen-Rivers et al., JAIR 74, 2022, arXiv 2012.03826, section 3.2).</remarks>
internal static class YeoJohnson
{
    private const double Low = -4, High = 6;

    /// <summary>T(y; λ) with the most probable λ, −4 ≤ λ ≤ 6.</summary>
    public static double[] Apply(double[] y)
    {
        var exponent = Exponent(y);
        return Array.ConvertAll(y, v => Transform(v, exponent));
    }

    /// <summary>The λ with the largest profile likelihood of a normal sample; 1 (nothing is changed) when the numbers do not differ.</summary>
    public static double Exponent(double[] y)
    {
        if (y.Length == 0 || !(y.Min() < y.Max()))
            return 1;
        try
        {
            return Math.Clamp(FindMinimum.OfScalarFunctionConstrained(exponent => -LogLikelihood(y, exponent), Low, High, 1e-4), Low, High); // which widens its bounds by itself
        }
        catch (Exception)
        {
            return Best(y); // where powers overflow, the library throws what it likes
        }
    }

    /// <summary>T(y; λ).</summary>
    public static double Transform(double y, double exponent) => y >= 0 ? BoxCox(y, exponent) : -BoxCox(-y, 2 - exponent);

    // −n/2·ln variance of T(y; λ) + (λ − 1)·Σ sign(y)·ln(1 + |y|).
    private static double LogLikelihood(double[] y, double exponent)
    {
        var transformed = Array.ConvertAll(y, v => Transform(v, exponent));
        var mean = transformed.Average();
        return -0.5 * y.Length * Math.Log(transformed.Average(t => (t - mean) * (t - mean))) + (exponent - 1) * y.Sum(v => Math.Sign(v) * Math.Log(1 + Math.Abs(v)));
    }

    private static double Best(double[] y)
    {
        var (best, most) = (1.0, double.NegativeInfinity);
        for (var exponent = Low; exponent <= High; exponent += 0.05)
            if (LogLikelihood(y, exponent) is var likelihood && double.IsFinite(likelihood) && likelihood > most)
                (best, most) = (exponent, likelihood);
        return best;
    }

    private static double BoxCox(double magnitude, double exponent) =>
        Math.Abs(exponent) < 1e-9 ? Math.Log(1 + magnitude) : (Math.Pow(1 + magnitude, exponent) - 1) / exponent;
}
