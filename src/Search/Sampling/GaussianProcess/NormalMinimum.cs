// Notation: A ~ N(m₁, v₁), B ~ N(m₂, v₂), independent, m₁ ≤ m₂; θ² = v₁ + v₂; δ = m₂ − m₁; α = δ / θ; h(z) = φ(z) + z·Φ(z); q = E[min(A, B)] − m₁ = −θ·h(−α).
using MathNet.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The smallest of k independent normal variables, as a normal one with the same mean and variance. Not for use by two threads.</summary>
/// <remarks>Clark, The Greatest of a Finite Set of Random Variables (Operations Research 9(2), 1961), equations 2 to 4: exact moments for two, and for more of them one after another.</remarks>
/// <param name="k">How many, at least 1.</param>
internal sealed class NormalMinimum(int k)
{
    private readonly double[] _varianceByMean = new double[k], _varianceByVariance = new double[k], _meanByMean = new double[k], _meanByVariance = new double[k];

    /// <summary>Its mean.</summary>
    public double Mean { get; private set; }

    /// <summary>Its variance.</summary>
    public double Variance { get; private set; }

    /// <summary>Derivatives of <see cref="Mean"/> by the means, shape [k].</summary>
    public ReadOnlySpan<double> MeanByMean => _meanByMean;

    /// <summary>Derivatives of <see cref="Mean"/> by the variances, shape [k].</summary>
    public ReadOnlySpan<double> MeanByVariance => _meanByVariance;

    /// <summary>Derivatives of <see cref="Variance"/> by the means, shape [k].</summary>
    public ReadOnlySpan<double> VarianceByMean => _varianceByMean;

    /// <summary>Derivatives of <see cref="Variance"/> by the variances, shape [k].</summary>
    public ReadOnlySpan<double> VarianceByVariance => _varianceByVariance;

    /// <summary>Of variables with these means and variances > 0, shape [k].</summary>
    public void Of(ReadOnlySpan<double> means, ReadOnlySpan<double> variances)
    {
        (Mean, Variance) = (means[0], variances[0]);
        (_meanByMean[0], _meanByVariance[0], _varianceByMean[0], _varianceByVariance[0]) = (1, 0, 0, 1);
        for (var j = 1; j < means.Length; j++)
            Add(j, means[j], variances[j]);
    }

    private void Add(int j, double mean, double variance)
    {
        // From the smaller mean on nothing cancels.
        var isFirst = Mean <= mean;
        var (m1, v1, v2) = isFirst ? (Mean, Variance, variance) : (mean, variance, Variance);
        var (delta, theta) = (Math.Abs(mean - Mean), Math.Sqrt(v1 + v2));
        var alpha = delta / theta;
        var density = Math.Exp(-0.5 * alpha * alpha) / Math.Sqrt(2 * Math.PI);
        var second = 0.5 * SpecialFunctions.Erfc(alpha / Math.Sqrt(2)); // P(B < A) = Φ(−α)
        var first = 1 - second;
        var q = alpha * theta * second - theta * density;
        var byDelta = 2 * delta * second - 2 * v2 * density / theta - 2 * q * second;
        var common = (q - v1 * alpha / theta) * density / theta;
        var byMean = -0.5 * density / theta;
        (Mean, Variance) = (m1 + q, Math.Max(v1 * first + (v2 + delta * delta) * second - delta * theta * density - q * q, 1e-12 * Math.Min(v1, v2)));
        var (before, own) = isFirst ? (first, second) : (second, first);
        var sign = isFirst ? 1 : -1;
        for (var i = 0; i < j; i++)
        {
            (_meanByMean[i], _varianceByMean[i]) = (
                before * _meanByMean[i] + byMean * _varianceByMean[i], -sign * byDelta * _meanByMean[i] + (before + common) * _varianceByMean[i]);
            (_meanByVariance[i], _varianceByVariance[i]) = (
                before * _meanByVariance[i] + byMean * _varianceByVariance[i], -sign * byDelta * _meanByVariance[i] + (before + common) * _varianceByVariance[i]);
        }

        (_meanByMean[j], _meanByVariance[j]) = (own, byMean);
        (_varianceByMean[j], _varianceByVariance[j]) = (sign * byDelta, own + common);
    }
}
