// Notation: p = number of pending points; m = number of draws of their values; μ_i(x), σ(x) = posterior given draw i (σ depends only on
// where the pending points are); best_i; z_i = (μ_i − best_i) / σ; a(x) = ln (1/m · Σ_i σ·h(z_i)), h as in LogExpectedImprovement.cs.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>ln EI of the next trial while others are pending: the expectation runs over joint draws of what they will turn out to be.</summary>
/// <remarks>Snoek, Larochelle and Adams (NIPS 2012), section 3.2: the integrated acquisition function; its logarithm as in Ament et al.
/// (NeurIPS 2023, arXiv 2310.20708). One factorisation serves all draws.</remarks>
internal sealed class ExpectedImprovement : IAcquisition
{
    private const int Draws = 16;
    private readonly GpModel _model;
    private readonly double[][] _alphas, _means, _betas;
    private readonly double[] _bests, _logs, _slopes, _variances = new double[GpModel.Batch], _cs = new double[GpModel.Batch];

    private ExpectedImprovement(GpModel model, double[][] alphas, double[] bests)
    {
        (_model, _alphas, _bests) = (model, alphas, bests);
        (_logs, _slopes) = (new double[bests.Length], new double[bests.Length]);
        _means = [.. Enumerable.Range(0, GpModel.Batch).Select(_ => new double[bests.Length])];
        _betas = [.. Enumerable.Range(0, GpModel.Batch).Select(_ => new double[model.X.Count])];
    }

    /// <summary>Over the best value, given points whose values are not known yet, shape [p][d]; null when the numerics fail or there is no time left.</summary>
    /// <param name="model">The model.</param>
    /// <param name="best">The best value.</param>
    /// <param name="pending">The points.</param>
    /// <param name="y">The model's values.</param>
    /// <param name="stream">Randomness.</param>
    /// <param name="isOver">Asked for each pending point: when true, it is given up.</param>
    /// <param name="counts">Which of the points may raise the best value, shape [p]; null = all.</param>
    public static ExpectedImprovement? Over(
        GpModel model, double best, IReadOnlyList<double[]> pending, double[] y, RandomStream stream, Func<bool> isOver, bool[]? counts = null)
    {
        if (pending.Count == 0)
            return new ExpectedImprovement(model, [model.Alpha], [best]);
        if (PendingDraws.Of(model, pending, y, Draws, stream, isOver) is not var (extended, alphas, draws))
            return null;
        double[] bests = [.. draws.Select(values => Math.Max(best, values.Where((_, a) => counts?[a] != false).DefaultIfEmpty(best).Max()))];
        return new ExpectedImprovement(extended, alphas, bests);
    }

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = new double[points.Count];
        for (var first = 0; first < points.Count; first += GpModel.Batch)
        {
            double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
            _model.Predict(batch, _alphas, _means, _variances);
            for (var c = 0; c < batch.Length; c++)
            {
                values[first + c] = Combine(_means[c], Math.Sqrt(_variances[c]));
                if (gradients is not null)
                    Differentiate(c);
            }

            if (gradients is not null)
                _model.Gradient(batch, _betas, _cs, [.. gradients.Skip(first).Take(batch.Length)]);
        }

        return values;
    }

    // Right after Combine: a's gradient is that of k*ᵀβ + c·variance.
    private void Differentiate(int point)
    {
        // ∂a = Σ_i w_i·(∂ln σ + h'/h·∂z_i), w_i ∝ h(z_i), ∂z_i = ∂μ_i/σ − z_i·∂ln σ, ∂ln σ = ∂variance / (2·variance).
        var (means, beta, variance) = (_means[point], _betas[point], _variances[point]);
        var sigma = Math.Sqrt(variance);
        Array.Clear(beta);
        var (top, total, bySigma) = (TensorPrimitives.Max<double>(_logs), 0.0, 0.0);
        for (var i = 0; i < _logs.Length; i++)
            total += _logs[i] = Math.Exp(_logs[i] - top);
        for (var i = 0; i < _logs.Length; i++)
        {
            var weight = _logs[i] / total;
            bySigma += weight * (1 - _slopes[i] * (means[i] - _bests[i]) / sigma);
            TensorPrimitives.MultiplyAdd(_alphas[i], weight * _slopes[i] / sigma, beta, beta);
        }

        _cs[point] = bySigma / (2 * variance);
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
