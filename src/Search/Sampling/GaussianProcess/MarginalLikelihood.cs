// Notation: n observations; X, shape [n][d] = features; y, shape [n] = standardised scores; θ as in Kernel.cs;
// K = k(X, X) + σ²·I; m = constant mean; α = K⁻¹·(y − m·1). Minimised: −ln p(y | X, θ, m) − ln p(θ) − ln p(m), over m in closed form.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The negative log posterior density of the hyperparameters, with its gradient. Not for use by two threads.</summary>
/// <remarks>Likelihood: Rasmussen and Williams (2006), equations 5.8 and 5.9. Priors, as the mean and variance of a normal distribution of the logarithm, whose density is
/// maximised: ℓ: ½·ln d + √2 − 3, 3 and λ: −3, 3. These are the densities of LogNormal(½·ln d + √2, √3), which keeps the expected complexity of a
/// function the same in every dimension (Hvarfner et al., ICML 2024, arXiv 2402.02229, section 4), and of LogNormal(0, √3). Of a parameter with few values ℓ: ½·ln d − 0.7, 1 and
/// λ: −½, ¼: shorter than a step, a length scale says that each value is a case of its own, and noise looks the same (docs/decisions/0003).
/// ln s, ln a ~ Normal(0, 1); σ² ~ Gamma(1.1, rate 30), as of Optuna's GPSampler; m ~ Normal(0, 10): where a search has
/// put most of its points near the optimum, their average is far above what unknown places should be believed to be.</remarks>
/// <param name="x">X.</param>
/// <param name="y">y.</param>
/// <param name="meanVariance">The variance of m; 0 = no mean.</param>
/// <param name="isAdditive">Whether θ has the additive part.</param>
/// <param name="isNoisy">Whether σ² is learned; else it is at most 1e-6.</param>
/// <param name="isCoarse">Which parameters have few values, shape [d]; null = none.</param>
internal sealed class MarginalLikelihood(
    Points x, double[] y, double meanVariance = MarginalLikelihood.MeanVariance, bool isAdditive = false, bool isNoisy = true, bool[]? isCoarse = null)
{
    /// <summary>The default variance of m.</summary>
    public const double MeanVariance = 10;

    private readonly int _n = y.Length, _d = x.Dimensions;
    private readonly double[] _values = new double[y.Length * y.Length], _slopes = new double[y.Length * y.Length];
    private readonly double[] _matrix = new double[y.Length * y.Length], _weights = new double[y.Length];

    /// <summary>n.</summary>
    public int Count => _n;

    /// <summary>Lower bounds of θ.</summary>
    public double[] Low => Theta(Math.Log(0.02), Math.Log(isAdditive ? 1e-3 : 0.05), Math.Log(1e-8), Math.Log(0.02), Math.Log(1e-3));

    /// <summary>Upper bounds of θ.</summary>
    public double[] High => Theta(Math.Log(50), Math.Log(20), Math.Log(isNoisy ? 1 : 1e-6), Math.Log(50), Math.Log(20));

    /// <summary>θ with all ℓ the same; null = each the most probable one of its prior.</summary>
    public double[] Start(double? scale, double noise)
    {
        var theta = Theta(Math.Log(scale ?? 1), 0, Math.Log(isNoisy ? noise : 1e-7), Math.Log(0.4), 0);
        for (var j = 0; j < _d && scale is null; j++)
            theta[j] = Math.Clamp(ScalePrior(j).Mean, Low[j], High[j]);
        return theta;
    }

    /// <summary>The value at θ; writes the gradient, shape [d + 2]. Infinite where K is not positive definite.</summary>
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        gradient.Clear();
        var kernel = new Kernel(theta, _d);
        if (Factor(kernel) is not { } factor)
            return double.PositiveInfinity;
        var alpha = Solve(factor).Alpha;
        // −½·(y − m)ᵀα − ½·m²/meanVariance is −½·yᵀα at the best m.
        var value = 0.5 * Dots.One(alpha, y) + 0.5 * factor.LogDeterminant + 0.5 * _n * Math.Log(2 * Math.PI);
        var inverse = factor.InverseLower();
        for (var a = 0; a < _n; a++)
        {
            // Off-diagonal pairs stand twice in the symmetric matrix: ½·2 = 1.
            var weights = _weights.AsSpan(0, a);
            TensorPrimitives.MultiplyAdd(alpha.AsSpan(0, a), -alpha[a], inverse.AsSpan(a * _n, a), weights);
            gradient[_d] += Dots.One(weights, _values.AsSpan(a * _n, a));
            if (kernel.Additive is { } additive)
            {
                // What is in the values but not of the product.
                var before = gradient[^1];
                additive.AddGradient(x.Rows[a], x, weights, gradient[(_d + 2)..]);
                gradient[_d] -= gradient[^1] - before;
            }

            TensorPrimitives.Multiply(weights, _slopes.AsSpan(a * _n, a), weights);
            for (var j = 0; j < _d; j++)
                gradient[j] += Kernel.WeightedDistances(x.Columns[j].AsSpan(0, a), x.Rows[a][j], weights, x.IsCategorical[j]);
            var diagonal = 0.5 * (inverse[a * _n + a] - alpha[a] * alpha[a]);
            gradient[_d] += diagonal * (kernel.Signal - (kernel.Additive?.Variance ?? 0));
            gradient[_d + 1] += diagonal * kernel.Noise;
            if (kernel.Additive is not null)
                gradient[^1] += diagonal * kernel.Additive.Variance;
        }

        for (var j = 0; j < _d; j++)
            gradient[j] *= kernel.InverseSquare(j);
        return value + Prior(theta, gradient);
    }

    /// <summary>The most probable m given θ; 0 where K is not positive definite.</summary>
    public double Mean(ReadOnlySpan<double> theta) => Factor(new Kernel(theta, _d)) is { } factor ? Solve(factor).Mean : 0;

    /// <summary>−ln p(θ) up to a constant; adds its gradient, shape [d + 2].</summary>
    public double Prior(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        var value = 0.0;
        for (var j = 0; j < _d; j++)
        {
            value += Normal(theta, j, ScalePrior(j), gradient);
            if (isAdditive)
                value += Normal(theta, _d + 2 + j, IsCoarse(j) ? (-0.5, 0.25) : (-3, 3), gradient);
        }

        foreach (var j in (ReadOnlySpan<int>)(isAdditive ? [_d, theta.Length - 1] : [_d]))
            value += Normal(theta, j, (0, 1), gradient);

        var noise = Math.Exp(theta[_d + 1]);
        value += 30 * noise - 0.1 * theta[_d + 1];
        gradient[_d + 1] += 30 * noise - 0.1;
        return value;
    }

    private static double Normal(ReadOnlySpan<double> theta, int j, (double Mean, double Variance) prior, Span<double> gradient)
    {
        var z = (theta[j] - prior.Mean) / prior.Variance;
        gradient[j] += z;
        return 0.5 * z * (theta[j] - prior.Mean);
    }

    private bool IsCoarse(int j) => isCoarse?[j] == true;

    private (double Mean, double Variance) ScalePrior(int j) => 0.5 * Math.Log(_d) is var mean && IsCoarse(j) ? (mean - 0.7, 1) : (mean + Math.Sqrt(2) - 3, 3);

    private double[] Theta(double scale, double signal, double noise, double additiveScale, double variance) =>
        [.. Enumerable.Repeat(scale, _d), signal, noise, .. isAdditive ? Enumerable.Repeat(additiveScale, _d).Append(variance) : []];

    private Cholesky? Factor(Kernel kernel)
    {
        for (var a = 0; a < _n; a++)
        {
            kernel.Row(x.Rows[a], x, _values.AsSpan(a * _n, a), _slopes.AsSpan(a * _n, a));
            _values.AsSpan(a * _n, a).CopyTo(_matrix.AsSpan(a * _n));
            _matrix[a * _n + a] = kernel.Signal + kernel.Noise;
        }

        return Cholesky.Factor(_matrix, _n);
    }

    // m = 1ᵀK⁻¹y / (1ᵀK⁻¹1 + 1/meanVariance). The gradient by θ needs no term for m: at the best m its derivative is 0.
    private (double Mean, double[] Alpha) Solve(Cholesky factor)
    {
        var alpha = factor.Solve(y);
        if (meanVariance == 0)
            return (0, alpha);
        double[] ones = [.. Enumerable.Repeat(1.0, _n)];
        var weights = factor.Solve(ones);
        var mean = Dots.Sum(alpha) / (Dots.Sum(weights) + 1 / meanVariance);
        TensorPrimitives.MultiplyAdd(weights, -mean, alpha, alpha);
        return (mean, alpha);
    }
}
