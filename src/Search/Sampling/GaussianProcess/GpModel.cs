// Notation as in MarginalLikelihood.cs; W = L⁻¹ with K = L·Lᵀ; k* = k(X, x), shape [n]; v = W·k*; u = Wᵀ·v = K⁻¹·k*; μ = m + k*ᵀα; variance = s − vᵀv.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A Gaussian process with fixed hyperparameters, conditioned on observations. Not for use by two threads.</summary>
internal sealed class GpModel
{
    /// <summary>How many points are predicted at once.</summary>
    public const int Batch = InverseFactor.Lanes;

    private const double MeanVariance = MarginalLikelihood.MeanVariance;
    private readonly double[] _y;
    private readonly double[] _k, _slopes, _interleaved, _v;
    private readonly InverseFactor _factor;
    private readonly double _diagonal;

    private GpModel(Points x, double[] y, double[] theta, double? mean, Kernel kernel, InverseFactor factor, double diagonal)
    {
        (X, _y, Theta, Kernel, _factor, _diagonal) = (x, y, theta, kernel, factor, diagonal);
        var n = x.Count;
        (_k, _slopes, _interleaved, _v) = (new double[Batch * n], new double[Batch * n], new double[Batch * n], new double[Batch * n]);
        Mean = mean ?? MostProbableMean();
        var residuals = new double[n];
        TensorPrimitives.Subtract(y, Mean, residuals);
        Alpha = factor.Solve(residuals);
    }

    /// <summary>What it is conditioned on.</summary>
    public Points X { get; }

    /// <summary>The hyperparameters.</summary>
    public double[] Theta { get; }

    /// <summary>m.</summary>
    public double Mean { get; }

    /// <summary>The kernel with them.</summary>
    public Kernel Kernel { get; }

    /// <summary>α.</summary>
    public double[] Alpha { get; }

    /// <summary>ln p(y | X, θ, m).</summary>
    public double LogLikelihood =>
        -0.5 * Dots.One(Alpha, _y) + 0.5 * Mean * Dots.Sum(Alpha) - 0.5 * _factor.LogDeterminant(X.Count) - 0.5 * _y.Length * Math.Log(2 * Math.PI);

    /// <summary>Conditions on observations; jitter up to 1e-2·s is added until K is positive definite, null when that does not help or there is no time left.</summary>
    /// <param name="x">X.</param>
    /// <param name="y">y.</param>
    /// <param name="theta">θ.</param>
    /// <param name="mean">m; null = the most probable one given θ.</param>
    /// <param name="isOver">Asked every few rows: when true, it is given up.</param>
    public static GpModel? Condition(Points x, double[] y, double[] theta, double? mean = 0, Func<bool>? isOver = null)
    {
        var kernel = new Kernel(theta, x.Dimensions);
        for (var jitter = 0.0; jitter <= 0.01; jitter = jitter == 0 ? 1e-8 : jitter * 10)
        {
            var diagonal = kernel.Signal + kernel.Noise + jitter * kernel.Signal;
            if (InverseFactor.Of(kernel.Matrix(x, diagonal - kernel.Signal, isOver), x.Count, isOver) is { } factor)
                return new GpModel(x, y, theta, mean, kernel, factor, diagonal);
            if (isOver?.Invoke() == true)
                return null;
        }

        return null;
    }

    /// <summary>The same hyperparameters and mean with more observations, O(n²) each; null when K would not be positive definite, or when there is no
    /// time left. This model stays usable, but only the last one made of it does.</summary>
    /// <param name="points">Shape [m][d].</param>
    /// <param name="values">Shape [m].</param>
    /// <param name="isOver">Asked before each of them: when true, it is given up.</param>
    public GpModel? With(IReadOnlyList<double[]> points, IReadOnlyList<double> values, Func<bool>? isOver = null) =>
        Extend(new Points(X.IsCategorical, [.. X.Rows, .. points]), [.. _y, .. values], X.Count, Mean, isOver);

    /// <summary>As <see cref="With"/>, were the values the posterior means, shape [m]: these stay what they are everywhere, and the variances fall.</summary>
    public (GpModel Model, double[] Means)? WithMeans(IReadOnlyList<double[]> points, Func<bool>? isOver = null)
    {
        var (means, k) = (new double[points.Count], new double[X.Count]);
        for (var i = 0; i < means.Length; i++)
            means[i] = MeanAt(points[i], k);
        return With(points, means, isOver) is { } extended ? (extended, means) : null;
    }

    /// <summary>The same hyperparameters with other points and values; null as for <see cref="With"/>, or when there is no time left.</summary>
    /// <param name="x">X.</param>
    /// <param name="y">y.</param>
    /// <param name="common">How many leading points are the same: only the others cost O(n²) each.</param>
    /// <param name="mean">m; null = the most probable one.</param>
    /// <param name="isOver">Asked before each of the others: when true, it is given up.</param>
    public GpModel? Extend(Points x, double[] y, int common, double? mean = null, Func<bool>? isOver = null)
    {
        _factor.Shorten(common);
        var (k, slopes) = (new double[x.Count], new double[x.Count]);
        for (var i = common; i < x.Count; i++)
        {
            if (isOver?.Invoke() == true)
                return null;
            Kernel.Row(x.Rows[i], x, k.AsSpan(0, i), slopes.AsSpan(0, i));
            if (!_factor.Append(k.AsSpan(0, i), _diagonal))
                return null;
        }

        return new GpModel(x, y, Theta, mean, Kernel, _factor, _diagonal);
    }

    /// <summary>ln p(y_i | X, y without y_i, θ, m) of each observation, shape [n].</summary>
    /// <remarks>Rasmussen and Williams (2006), equations 5.10 and 5.12.</remarks>
    public double[] LeaveOneOut() => [.. _factor.InverseDiagonal(X.Count).Zip(Alpha, (precision, a) =>
        0.5 * Math.Log(precision) - 0.5 * a * a / precision - 0.5 * Math.Log(2 * Math.PI))];

    /// <summary>Posterior means at the observed points, shape [n].</summary>
    public double[] MeansAtObserved() => [.. _y.Zip(Alpha, (y, a) => y - (_diagonal - Kernel.Signal) * a)];

    /// <summary>Posterior mean and variance (without noise) at a point, shape [d].</summary>
    public (double Mean, double Variance) Predict(double[] point)
    {
        var (mean, variance) = (new double[1], new double[1]);
        Predict([point], mean, variance);
        return (mean[0], variance[0]);
    }

    /// <summary>Posterior means and variances (without noise) at up to <see cref="Batch"/> points, shape [points].</summary>
    public void Predict(ReadOnlySpan<double[]> points, Span<double> means, Span<double> variances)
    {
        var n = X.Count;
        for (var c = 0; c < points.Length; c++)
        {
            var k = _k.AsSpan(c * n, n);
            Kernel.Row(points[c], X, k, _slopes.AsSpan(c * n, n));
            means[c] = Mean + Dots.One(k, Alpha);
            for (var i = 0; i < n; i++)
                _interleaved[i * Batch + c] = k[i];
        }

        _factor.MultiplyEight(n, _interleaved, _v);
        for (var c = 0; c < points.Length; c++)
        {
            var sum = 0.0;
            for (var i = c; i < n * Batch; i += Batch)
                sum += _v[i] * _v[i];
            variances[c] = Math.Max(Kernel.Signal - sum, 1e-12 * Kernel.Signal);
        }
    }

    /// <summary>The gradients, shape [points][d], of k*ᵀβ + c·variance by the points' numeric coordinates, right after their prediction; 0 for categorical ones.</summary>
    /// <param name="points">The same points.</param>
    /// <param name="betas">β, shape [points][n].</param>
    /// <param name="cs">c, shape [points].</param>
    /// <param name="gradients">Written.</param>
    public void Gradient(ReadOnlySpan<double[]> points, double[][] betas, ReadOnlySpan<double> cs, double[][] gradients)
    {
        var n = X.Count;
        _factor.MultiplyTransposedEight(n, _v, _interleaved);
        for (var c = 0; c < points.Length; c++)
        {
            // Of k*ᵀβ − c·k*ᵀK⁻¹k*, with w = β − 2c·u: Σ_i w_i·∂k_i/∂x_j, where ∂k_i/∂x_j = −slope_i·(x_j − x_ij)/ℓ_j² and that of the additive part.
            var (point, beta, gradient) = (points[c], betas[c], gradients[c]);
            var w = _k.AsSpan(c * n, n);
            for (var i = 0; i < n; i++)
                w[i] = beta[i] - 2 * cs[c] * _interleaved[i * Batch + c];
            for (var j = 0; j < point.Length; j++)
                gradient[j] = X.IsCategorical[j] ? 0 : Kernel.Additive?.ByCoordinate(j, point[j], X, w) ?? 0;
            TensorPrimitives.Multiply(w, _slopes.AsSpan(c * n, n), w);
            var sum = Dots.Sum(w);
            for (var j = 0; j < point.Length; j++)
                if (!X.IsCategorical[j])
                    gradient[j] += (Dots.One(w, X.Columns[j]) - point[j] * sum) * Kernel.InverseSquare(j);
        }
    }

    /// <summary>The joint posterior at points, shape [m][d]: means, shape [m], and the covariance matrix without noise, shape [m, m]; null when there is no time left.</summary>
    /// <param name="points">Shape [m][d].</param>
    /// <param name="isOver">Asked before each of them: when true, it is given up.</param>
    public (double[] Mean, double[] Covariance)? Joint(IReadOnlyList<double[]> points, Func<bool>? isOver = null)
    {
        var (m, n) = (points.Count, X.Count);
        var (means, v, k) = (new double[m], new double[m * n], new double[n]);
        var covariance = Kernel.Matrix(new Points(X.IsCategorical, points), 0);
        for (var a = 0; a < m; a++)
        {
            if (isOver?.Invoke() == true)
                return null;
            means[a] = MeanAt(points[a], k);
            _factor.Multiply(k, v.AsSpan(a * n, n));
            for (var b = 0; b <= a; b++)
                covariance[a * m + b] -= Dots.One(v.AsSpan(a * n, n), v.AsSpan(b * n, n));
        }

        return (means, covariance);
    }

    // And k*, shape [n].
    private double MeanAt(double[] point, double[] k)
    {
        Kernel.Row(point, X, k, _slopes.AsSpan(0, X.Count));
        return Mean + Dots.One(k, Alpha);
    }

    // m = 1ᵀK⁻¹y / (1ᵀK⁻¹1 + 1/variance of m).
    private double MostProbableMean()
    {
        double[] ones = [.. Enumerable.Repeat(1.0, _y.Length)];
        var weights = _factor.Solve(ones);
        return Dots.One(weights, _y) / (Dots.Sum(weights) + 1 / MeanVariance);
    }
}
