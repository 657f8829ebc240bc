// Notation as in MarginalLikelihood.cs; k* = k(X, x), shape [n]; v = L⁻¹·k*.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A Gaussian process with fixed hyperparameters, conditioned on observations.</summary>
internal sealed class GpModel
{
    private readonly bool[] _isCategorical;
    private readonly double[][] _x;
    private readonly double[] _alpha;
    private readonly Cholesky _factor;
    private readonly double[] _y;

    private GpModel(bool[] isCategorical, double[][] x, double[] y, double[] theta, Cholesky factor)
    {
        (_isCategorical, _x, _y, Theta, _factor) = (isCategorical, x, y, theta, factor);
        Kernel = new Kernel(isCategorical, theta);
        _alpha = (double[])y.Clone();
        factor.SolveLower(_alpha);
        factor.SolveUpper(_alpha);
    }

    public double[] Theta { get; }

    private Kernel Kernel { get; }

    /// <summary>Conditions on observations; jitter up to 1e-2·s is added until K is positive definite, null when that does not help.</summary>
    public static GpModel? Condition(bool[] isCategorical, double[][] x, double[] y, double[] theta)
    {
        var kernel = new Kernel(isCategorical, theta);
        var n = y.Length;
        for (var jitter = 0.0; jitter <= 0.01; jitter = jitter == 0 ? 1e-8 : jitter * 10)
        {
            var matrix = new double[n * n];
            for (var a = 0; a < n; a++)
            {
                for (var b = 0; b < a; b++)
                    matrix[a * n + b] = kernel.Value(x[a], x[b], out _);
                matrix[a * n + a] = kernel.Signal * (1 + jitter) + kernel.Noise;
            }

            if (Cholesky.Factor(matrix, n) is { } factor)
                return new GpModel(isCategorical, x, y, theta, factor);
        }

        return null;
    }

    /// <summary>Fits the hyperparameters by several starts (MAP), then conditions.</summary>
    public static GpModel? Fit(bool[] isCategorical, double[][] x, double[] y, CancellationToken cancellationToken)
    {
        var likelihood = new MarginalLikelihood(isCategorical, x, y);
        var (low, high) = (likelihood.Low, likelihood.High);
        double[]? best = null;
        var bestValue = double.PositiveInfinity;
        foreach (var (scale, noise) in new[] { (likelihood.PriorMode, 1e-3), (0.2, 1e-4), (1.5, 0.1) })
        {
            cancellationToken.ThrowIfCancellationRequested();
            var theta = likelihood.Start(Math.Clamp(scale, 0.03, 20), noise);
            var value = BoundedLbfgs.Minimize(likelihood.Evaluate, theta, low, high, iterations: 60, tolerance: 1e-2);
            if (value < bestValue)
                (best, bestValue) = (theta, value);
        }

        return best is null ? null : Condition(isCategorical, x, y, best);
    }

    /// <summary>The same model believing that the given points, shape [m][d], have their posterior means as values: the means stay, the
    /// uncertainty around the points goes (the Kriging believer of Ginsbourger et al., 2010).</summary>
    public GpModel? Believe(IReadOnlyList<double[]> points)
    {
        if (points.Count == 0)
            return this;
        var means = points.Select(p => Predict(p).Mean);
        return Condition(_isCategorical, [.. _x, .. points], [.. _y, .. means], Theta);
    }

    /// <summary>Posterior mean and variance (without noise) at a point, shape [d].</summary>
    public (double Mean, double Variance) Predict(double[] point)
    {
        var k = new double[_x.Length];
        for (var i = 0; i < k.Length; i++)
            k[i] = Kernel.Value(point, _x[i], out _);
        var mean = TensorPrimitives.Dot<double>(k, _alpha);
        _factor.SolveLower(k);
        return (mean, Math.Max(Kernel.Signal - TensorPrimitives.Dot<double>(k, k), 1e-12 * Kernel.Signal));
    }

    /// <summary>As <see cref="Predict(double[])"/>, with the gradients by the point's numeric coordinates, shape [d] each.</summary>
    public (double Mean, double Variance) Predict(double[] point, double[] meanGradient, double[] varianceGradient)
    {
        Array.Clear(meanGradient);
        Array.Clear(varianceGradient);
        var n = _x.Length;
        var (k, slopes) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++)
            k[i] = Kernel.Value(point, _x[i], out slopes[i]);
        var mean = TensorPrimitives.Dot<double>(k, _alpha);
        _factor.SolveLower(k);
        var variance = Kernel.Signal - TensorPrimitives.Dot<double>(k, k);
        _factor.SolveUpper(k); // now K⁻¹·k*
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < point.Length; j++)
            {
                if (_isCategorical[j])
                    continue;
                var derivative = Kernel.ByCoordinate(point, _x[i], j, slopes[i]);
                meanGradient[j] += _alpha[i] * derivative;
                varianceGradient[j] -= 2 * k[i] * derivative;
            }
        }

        return (mean, Math.Max(variance, 1e-12 * Kernel.Signal));
    }

    /// <summary>The log marginal likelihood of the observations.</summary>
    public double LogLikelihood =>
        -0.5 * TensorPrimitives.Dot<double>(_alpha, _y) - 0.5 * _factor.LogDeterminant - 0.5 * _y.Length * Math.Log(2 * Math.PI);
}
