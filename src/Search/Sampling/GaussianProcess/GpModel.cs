// Notation as in MarginalLikelihood.cs; k* = k(X, x), shape [n]; v = L⁻¹·k*; μ = k*ᵀα; variance = s − vᵀv.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A Gaussian process with fixed hyperparameters, conditioned on observations. Not for use by two threads.</summary>
internal sealed class GpModel
{
    private readonly Kernel _kernel;
    private readonly Points _x;
    private readonly double[] _y, _alpha, _k, _slopes;
    private readonly Cholesky _factor;

    private GpModel(Points x, double[] y, double[] theta, Kernel kernel, Cholesky factor)
    {
        (_x, _y, Theta, _kernel, _factor) = (x, y, theta, kernel, factor);
        (_k, _slopes) = (new double[4 * x.Count], new double[x.Count]);
        _alpha = (double[])y.Clone();
        factor.SolveLower(_alpha);
        factor.SolveUpper(_alpha);
    }

    /// <summary>The hyperparameters.</summary>
    public double[] Theta { get; }

    /// <summary>ln p(y | X, θ).</summary>
    public double LogLikelihood =>
        -0.5 * TensorPrimitives.Dot<double>(_alpha, _y) - 0.5 * _factor.LogDeterminant - 0.5 * _y.Length * Math.Log(2 * Math.PI);

    /// <summary>Conditions on observations; jitter up to 1e-2·s is added until K is positive definite, null when that does not help.</summary>
    public static GpModel? Condition(Points x, double[] y, double[] theta)
    {
        var kernel = new Kernel(theta);
        var n = y.Length;
        for (var jitter = 0.0; jitter <= 0.01; jitter = jitter == 0 ? 1e-8 : jitter * 10)
        {
            var (matrix, slopes) = (new double[n * n], new double[n]);
            for (var a = 0; a < n; a++)
            {
                kernel.Row(x.Rows[a], x, matrix.AsSpan(a * n, a), slopes.AsSpan(0, a));
                matrix[a * n + a] = kernel.Signal * (1 + jitter) + kernel.Noise;
            }

            if (Cholesky.Factor(matrix, n) is { } factor)
                return new GpModel(x, y, theta, kernel, factor);
        }

        return null;
    }

    /// <summary>The same model believing that the given points, shape [m][d], have their posterior means as values: the means stay, the
    /// uncertainty around the points goes (the Kriging believer of Ginsbourger et al., 2010).</summary>
    public GpModel? Believe(IReadOnlyList<double[]> points) => points.Count == 0
        ? this
        : Condition(new Points(_x.IsCategorical, [.. _x.Rows, .. points]), [.. _y, .. points.Select(p => Predict(p).Mean)], Theta);

    /// <summary>Posterior mean and variance (without noise) at a point, shape [d].</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point)
    {
        var k = _k.AsSpan(0, _x.Count);
        _kernel.Row(point, _x, k, _slopes);
        var mean = TensorPrimitives.Dot<double>(k, _alpha);
        _factor.SolveLower(k);
        return (mean, Variance(k));
    }

    /// <summary>As <see cref="Predict(ReadOnlySpan{double})"/> for many points, four at a time.</summary>
    public (double Mean, double Variance)[] Predict(IReadOnlyList<double[]> points)
    {
        var predictions = new (double Mean, double Variance)[points.Count];
        var n = _x.Count;
        var i = 0;
        for (; i + 4 <= points.Count; i += 4)
        {
            for (var c = 0; c < 4; c++)
            {
                _kernel.Row(points[i + c], _x, _k.AsSpan(c * n, n), _slopes);
                predictions[i + c].Mean = TensorPrimitives.Dot<double>(_k.AsSpan(c * n, n), _alpha);
            }

            _factor.SolveLowerFour(_k);
            for (var c = 0; c < 4; c++)
                predictions[i + c].Variance = Variance(_k.AsSpan(c * n, n));
        }

        for (; i < points.Count; i++)
            predictions[i] = Predict(points[i]);
        return predictions;
    }

    /// <summary>As <see cref="Predict(ReadOnlySpan{double})"/>, with the gradients by the point's numeric coordinates, shape [d] each.</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point, Span<double> meanGradient, Span<double> varianceGradient)
    {
        var k = _k.AsSpan(0, _x.Count);
        _kernel.Row(point, _x, k, _slopes);
        var mean = TensorPrimitives.Dot<double>(k, _alpha);
        _factor.SolveLower(k);
        var variance = Variance(k);
        _factor.SolveUpper(k); // now K⁻¹·k*
        TensorPrimitives.Multiply(k, _slopes, k);
        TensorPrimitives.Multiply(_alpha, _slopes, _slopes);
        // Σ_i w_i·(x_j − x_ij) = x_j·Σ w_i − w·X_j.
        var (meanSum, varianceSum) = (TensorPrimitives.Sum<double>(_slopes), TensorPrimitives.Sum<double>(k));
        for (var j = 0; j < point.Length; j++)
        {
            var factor = _x.IsCategorical[j] ? 0 : _kernel.InverseSquare(j);
            meanGradient[j] = -factor * (point[j] * meanSum - TensorPrimitives.Dot<double>(_slopes, _x.Columns[j]));
            varianceGradient[j] = 2 * factor * (point[j] * varianceSum - TensorPrimitives.Dot<double>(k, _x.Columns[j]));
        }

        return (mean, variance);
    }

    private double Variance(ReadOnlySpan<double> v) => Math.Max(_kernel.Signal - TensorPrimitives.Dot(v, v), 1e-12 * _kernel.Signal);
}
