// Notation: p = number of pending points; m = number of draws of their values; μ_i(x), σ(x) = posterior given draw i (σ depends only on
// where the pending points are); best_i; z_i = (μ_i − best_i) / σ; a(x) = ln (1/m · Σ_i σ·h(z_i)), h as in LogExpectedImprovement.cs.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>ln EI of the next trial while others are pending: the expectation runs over joint draws of what they will turn out to be.</summary>
/// <remarks>Snoek, Larochelle and Adams (NIPS 2012), section 3.2: the integrated acquisition function; its logarithm as in Ament et al.
/// (NeurIPS 2023, arXiv 2310.20708). One factorisation serves all draws.</remarks>
internal sealed class ExpectedImprovement
{
    private const int Draws = 16;
    private readonly GpModel _model;
    private readonly double[][] _alphas;
    private readonly double[] _bests, _means, _logs, _slopes, _beta;

    private ExpectedImprovement(GpModel model, double[][] alphas, double[] bests)
    {
        (_model, _alphas, _bests) = (model, alphas, bests);
        (_means, _logs, _slopes, _beta) = (new double[bests.Length], new double[bests.Length], new double[bests.Length], new double[model.X.Count]);
    }

    /// <summary>Over the best value, given points whose values are not known yet, shape [p][d]; null when the numerics fail.</summary>
    public static ExpectedImprovement? Over(GpModel model, double best, IReadOnlyList<double[]> pending, double[] y, RandomStream stream)
    {
        if (pending.Count == 0)
            return new ExpectedImprovement(model, [model.Alpha], [best]);
        var (means, covariance) = model.Joint(pending);
        var p = means.Length;
        for (var a = 0; a < p; a++)
            covariance[a * p + a] += 1e-6 * model.Kernel.Signal; // Posterior covariances of close points are all but singular.
        if (Cholesky.Factor(covariance, p) is not { } root || model.With(pending, means) is not { } extended)
            return null;
        var (alphas, bests) = (new double[Draws][], new double[Draws]);
        for (var i = 0; i < Draws; i++)
        {
            double[] normals = [.. means.Select(_ => stream.NextNormal())];
            var values = root.MultiplyLower(normals);
            TensorPrimitives.Add(values, means, values);
            alphas[i] = extended.AlphaOf([.. y, .. values]);
            bests[i] = Math.Max(best, TensorPrimitives.Max<double>(values));
        }

        return new ExpectedImprovement(extended, alphas, bests);
    }

    /// <summary>a at many points, shape [points].</summary>
    public double[] At(IReadOnlyList<double[]> points)
    {
        var (means, variances) = _model.Predict(points, _alphas);
        return [.. means.Select((m, i) => Combine(m, Math.Sqrt(variances[i])))];
    }

    /// <summary>a at a point, shape [d].</summary>
    public double At(double[] point)
    {
        var variance = _model.Predict(point, _alphas, _means);
        return Combine(_means, Math.Sqrt(variance));
    }

    /// <summary>a at a point, and its gradient by the numeric coordinates, shape [d].</summary>
    public double At(double[] point, Span<double> gradient)
    {
        var variance = _model.Predict(point, _alphas, _means);
        var sigma = Math.Sqrt(variance);
        var value = Combine(_means, sigma);
        // ∂a = Σ_i w_i·(∂ln σ + h'/h·∂z_i), w_i ∝ h(z_i), ∂z_i = ∂μ_i/σ − z_i·∂ln σ, ∂ln σ = ∂variance / (2·variance).
        Array.Clear(_beta);
        var (top, total, bySigma) = (TensorPrimitives.Max<double>(_logs), 0.0, 0.0);
        for (var i = 0; i < _logs.Length; i++)
            total += _logs[i] = Math.Exp(_logs[i] - top);
        for (var i = 0; i < _logs.Length; i++)
        {
            var weight = _logs[i] / total;
            bySigma += weight * (1 - _slopes[i] * (_means[i] - _bests[i]) / sigma);
            TensorPrimitives.MultiplyAdd(_alphas[i], weight * _slopes[i] / sigma, _beta, _beta);
        }

        _model.Gradient(point, _beta, bySigma / (2 * variance), gradient);
        return value;
    }

    private double Combine(double[] means, double sigma)
    {
        for (var i = 0; i < means.Length; i++)
            (_logs[i], _slopes[i]) = LogExpectedImprovement.LogH((means[i] - _bests[i]) / sigma);
        var top = TensorPrimitives.Max<double>(_logs);
        var sum = 0.0;
        foreach (var log in _logs)
            sum += Math.Exp(log - top);
        return Math.Log(sigma) + top + Math.Log(sum / _logs.Length);
    }
}
