// Notation: n observations; X, shape [n][d] = features; y, shape [n] = standardised scores; θ as in Kernel.cs;
// K = k(X, X) + σ²·I; α = K⁻¹·y. Minimised: −ln p(y | X, θ) − ln p(θ).
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The negative log posterior density of the hyperparameters, with its gradient. Not for use by two threads.</summary>
/// <remarks>Likelihood: Rasmussen and Williams (2006), equations 5.8 and 5.9. Priors: ℓ ~ LogNormal(√2 + ½·ln d, √3), which keeps the
/// expected complexity of a function the same in every dimension (Hvarfner et al., ICML 2024, arXiv 2402.02229, section 4);
/// ln s ~ Normal(0, 1); σ² ~ Gamma(1.1, rate 30), whose mass lies near 0 but which tolerates noise.</remarks>
internal sealed class MarginalLikelihood(Points x, double[] y)
{
    private readonly int _n = y.Length, _d = x.Dimensions;
    private readonly double[] _values = new double[y.Length * y.Length], _slopes = new double[y.Length * y.Length];
    private readonly double[] _matrix = new double[y.Length * y.Length], _weights = new double[y.Length];

    /// <summary>Lower bounds of θ.</summary>
    public double[] Low => [.. Enumerable.Repeat(Math.Log(0.02), _d), Math.Log(0.05), Math.Log(1e-6)];

    /// <summary>Upper bounds of θ.</summary>
    public double[] High => [.. Enumerable.Repeat(Math.Log(50), _d), Math.Log(20), Math.Log(1)];

    /// <summary>The mode of the length scales' prior.</summary>
    public double PriorMode => Math.Exp(Math.Sqrt(2) + 0.5 * Math.Log(_d) - 3);

    /// <summary>θ with all length scales the same.</summary>
    public double[] Start(double scale, double noise) => [.. Enumerable.Repeat(Math.Log(scale), _d), 0, Math.Log(noise)];

    /// <summary>The value at θ; writes the gradient, shape [d + 2]. Infinite where K is not positive definite.</summary>
    public double Evaluate(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        gradient.Clear();
        var kernel = new Kernel(theta);
        for (var a = 0; a < _n; a++)
        {
            kernel.Row(x.Rows[a], x, _values.AsSpan(a * _n, a), _slopes.AsSpan(a * _n, a));
            _values.AsSpan(a * _n, a).CopyTo(_matrix.AsSpan(a * _n));
            _matrix[a * _n + a] = kernel.Signal + kernel.Noise;
        }

        if (Cholesky.Factor(_matrix, _n) is not { } factor)
            return double.PositiveInfinity;
        var alpha = (double[])y.Clone();
        factor.SolveLower(alpha);
        factor.SolveUpper(alpha);
        var value = 0.5 * TensorPrimitives.Dot<double>(alpha, y) + 0.5 * factor.LogDeterminant + 0.5 * _n * Math.Log(2 * Math.PI);
        var inverse = factor.InverseLower();
        for (var a = 0; a < _n; a++)
        {
            // Off-diagonal pairs stand twice in the symmetric matrix: ½·2 = 1.
            var weights = _weights.AsSpan(0, a);
            TensorPrimitives.MultiplyAdd(alpha.AsSpan(0, a), -alpha[a], inverse.AsSpan(a * _n, a), weights);
            gradient[_d] += TensorPrimitives.Dot<double>(weights, _values.AsSpan(a * _n, a));
            TensorPrimitives.Multiply(weights, _slopes.AsSpan(a * _n, a), weights);
            for (var j = 0; j < _d; j++)
                gradient[j] += Kernel.WeightedDistances(x.Columns[j].AsSpan(0, a), x.Rows[a][j], weights, x.IsCategorical[j]);
            var diagonal = 0.5 * (inverse[a * _n + a] - alpha[a] * alpha[a]);
            gradient[_d] += diagonal * kernel.Signal;
            gradient[_d + 1] += diagonal * kernel.Noise;
        }

        for (var j = 0; j < _d; j++)
            gradient[j] *= kernel.InverseSquare(j);
        return value + Prior(theta, gradient);
    }

    /// <summary>−ln p(θ) up to a constant; adds its gradient, shape [d + 2].</summary>
    public double Prior(ReadOnlySpan<double> theta, Span<double> gradient)
    {
        var mean = Math.Sqrt(2) + 0.5 * Math.Log(_d);
        var value = 0.0;
        for (var j = 0; j < _d; j++)
        {
            var z = theta[j] - mean;
            value += z * z / 6 + theta[j];
            gradient[j] += z / 3 + 1;
        }

        var noise = Math.Exp(theta[_d + 1]);
        value += 0.5 * theta[_d] * theta[_d] - 0.1 * theta[_d + 1] + 30 * noise;
        gradient[_d] += theta[_d];
        gradient[_d + 1] += -0.1 + 30 * noise;
        return value;
    }
}
