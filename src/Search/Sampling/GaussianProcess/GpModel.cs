// Notation as in MarginalLikelihood.cs; k* = k(X, x), shape [n]; v = L⁻¹·k*; u = K⁻¹·k*; μ = m + k*ᵀα; variance = s − vᵀv.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A Gaussian process with fixed hyperparameters, conditioned on observations. Not for use by two threads.</summary>
internal sealed class GpModel
{
    private readonly double[] _y, _k, _slopes;
    private readonly double _mean;
    private readonly Cholesky _factor;

    private GpModel(Points x, double[] y, double[] theta, double mean, Kernel kernel, Cholesky factor)
    {
        (X, _y, Theta, _mean, Kernel, _factor) = (x, y, theta, mean, kernel, factor);
        (_k, _slopes) = (new double[4 * x.Count], new double[x.Count]);
        Alpha = AlphaOf(y);
    }

    /// <summary>What it is conditioned on.</summary>
    public Points X { get; }

    /// <summary>The hyperparameters.</summary>
    public double[] Theta { get; }

    /// <summary>The kernel with them.</summary>
    public Kernel Kernel { get; }

    /// <summary>α.</summary>
    public double[] Alpha { get; }

    /// <summary>ln p(y | X, θ, m).</summary>
    public double LogLikelihood =>
        -0.5 * TensorPrimitives.Dot<double>(Alpha, _y) + 0.5 * _mean * TensorPrimitives.Sum<double>(Alpha) - 0.5 * _factor.LogDeterminant - 0.5 * _y.Length * Math.Log(2 * Math.PI);

    /// <summary>Conditions on observations; jitter up to 1e-2·s is added until K is positive definite, null when that does not help.</summary>
    public static GpModel? Condition(Points x, double[] y, double[] theta, double mean = 0)
    {
        var kernel = new Kernel(theta);
        for (var jitter = 0.0; jitter <= 0.01; jitter = jitter == 0 ? 1e-8 : jitter * 10)
            if (Cholesky.Factor(kernel.Matrix(x, jitter * kernel.Signal + kernel.Noise), x.Count) is { } factor)
                return new GpModel(x, y, theta, mean, kernel, factor);
        return null;
    }

    /// <summary>The same model with more observations.</summary>
    public GpModel? With(IReadOnlyList<double[]> points, IReadOnlyList<double> values) =>
        Condition(new Points(X.IsCategorical, [.. X.Rows, .. points]), [.. _y, .. values], Theta, _mean);

    /// <summary>α, were these the observations, shape [n].</summary>
    public double[] AlphaOf(double[] y)
    {
        var residuals = new double[y.Length];
        TensorPrimitives.Subtract(y, _mean, residuals);
        return _factor.Solve(residuals);
    }

    /// <summary>Posterior mean and variance (without noise) at a point, shape [d].</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point)
    {
        Span<double> mean = stackalloc double[1];
        var variance = Predict(point, [Alpha], mean);
        return (mean[0], variance);
    }

    /// <summary>The variance at a point, and its means for several vectors α of shape [n], as those of draws of the observations.</summary>
    public double Predict(ReadOnlySpan<double> point, double[][] alphas, Span<double> means)
    {
        var k = _k.AsSpan(0, X.Count);
        Kernel.Row(point, X, k, _slopes);
        Means(k, alphas, means);
        _factor.SolveLower(k);
        return Variance(k);
    }

    /// <summary>As <see cref="Predict(ReadOnlySpan{double}, double[][], Span{double})"/> for many points, four at a time: shapes [points][alphas], [points].</summary>
    public (double[][] Means, double[] Variances) Predict(IReadOnlyList<double[]> points, double[][] alphas)
    {
        var (means, variances) = (new double[points.Count][], new double[points.Count]);
        var n = X.Count;
        var i = 0;
        for (; i + 4 <= points.Count; i += 4)
        {
            for (var c = 0; c < 4; c++)
            {
                Kernel.Row(points[i + c], X, _k.AsSpan(c * n, n), _slopes);
                Means(_k.AsSpan(c * n, n), alphas, means[i + c] = new double[alphas.Length]);
            }

            _factor.SolveLowerFour(_k);
            for (var c = 0; c < 4; c++)
                variances[i + c] = Variance(_k.AsSpan(c * n, n));
        }

        for (; i < points.Count; i++)
            variances[i] = Predict(points[i], alphas, means[i] = new double[alphas.Length]);
        return (means, variances);
    }

    /// <summary>The gradient, shape [d], of k*ᵀβ + c·variance by a point's numeric coordinates, right after its prediction; 0 for categorical ones.</summary>
    public void Gradient(ReadOnlySpan<double> point, ReadOnlySpan<double> beta, double c, Span<double> gradient)
    {
        var u = _k.AsSpan(0, X.Count);
        _factor.SolveUpper(u);
        // ∂(k*ᵀβ − c·k*ᵀK⁻¹k*)/∂x_j = −Σ_i w_i·(x_j − x_ij)/ℓ_j² with w = slopes·(β − 2c·u).
        TensorPrimitives.MultiplyAdd(u, -2 * c, beta, u);
        TensorPrimitives.Multiply(u, _slopes, u);
        var sum = TensorPrimitives.Sum<double>(u);
        for (var j = 0; j < point.Length; j++)
            gradient[j] = X.IsCategorical[j] ? 0 : (TensorPrimitives.Dot<double>(u, X.Columns[j]) - point[j] * sum) * Kernel.InverseSquare(j);
    }

    /// <summary>The joint posterior at points, shape [m][d]: means, shape [m], and the covariance matrix without noise, shape [m, m].</summary>
    public (double[] Mean, double[] Covariance) Joint(IReadOnlyList<double[]> points)
    {
        var (m, n) = (points.Count, X.Count);
        var (means, v) = (new double[m], new double[m * n]);
        var covariance = Kernel.Matrix(new Points(X.IsCategorical, points), 0);
        for (var a = 0; a < m; a++)
        {
            var k = v.AsSpan(a * n, n);
            Kernel.Row(points[a], X, k, _slopes);
            means[a] = _mean + TensorPrimitives.Dot<double>(k, Alpha);
            _factor.SolveLower(k);
            for (var b = 0; b <= a; b++)
                covariance[a * m + b] -= TensorPrimitives.Dot<double>(k, v.AsSpan(b * n, n));
        }

        return (means, covariance);
    }

    private void Means(ReadOnlySpan<double> k, double[][] alphas, Span<double> means)
    {
        for (var a = 0; a < alphas.Length; a++)
            means[a] = _mean + TensorPrimitives.Dot(k, alphas[a]);
    }

    private double Variance(ReadOnlySpan<double> v) => Math.Max(Kernel.Signal - TensorPrimitives.Dot(v, v), 1e-12 * Kernel.Signal);
}
