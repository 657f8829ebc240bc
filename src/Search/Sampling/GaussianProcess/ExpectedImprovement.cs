// Notation: μ(x), σ(x) = posterior, given pending points at their posterior means: μ is the same without them, σ is not; z = (μ − best) / σ; a(x) = ln(σ·h(z)), h as in
// LogExpectedImprovement.cs.
using System.Numerics.Tensors;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>ln EI of the next trial while others are pending, as if these had turned out as expected.</summary>
/// <remarks>The kriging believer (Ginsbourger, Le Riche and Carraro, Kriging Is Well-Suited to Parallelize Optimization, 2010, section 4.2); the logarithm as in Ament et al. (NeurIPS 2023, arXiv 2310.20708).
/// Averaged over draws of what they may turn out to be it takes more trials, see the ablation table.</remarks>
internal sealed class ExpectedImprovement : IAcquisition
{
    private readonly GpModel _model;
    private readonly double _best;
    private readonly double[][] _betas;
    private readonly double[] _means = new double[GpModel.Batch], _variances = new double[GpModel.Batch], _cs = new double[GpModel.Batch];

    private ExpectedImprovement(GpModel model, double best)
    {
        (_model, _best) = (model, best);
        _betas = [.. Enumerable.Range(0, GpModel.Batch).Select(_ => new double[model.X.Count])];
    }

    /// <summary>Over the best value, given points whose values are not known yet, shape [p][d]; null when the numerics fail or there is no time left.</summary>
    /// <param name="model">The model.</param>
    /// <param name="best">The best value.</param>
    /// <param name="pending">The points.</param>
    /// <param name="isOver">Asked for each pending point: when true, it is given up.</param>
    /// <param name="counts">Which of the points may raise the best value, shape [p]; null = all.</param>
    public static ExpectedImprovement? Over(GpModel model, double best, IReadOnlyList<double[]> pending, Func<bool> isOver, bool[]? counts = null)
    {
        if (pending.Count == 0)
            return new ExpectedImprovement(model, best);
        return model.WithMeans(pending, isOver) is var (extended, means)
            ? new ExpectedImprovement(extended, means.Where((_, a) => counts?[a] != false).Append(best).Max())
            : null;
    }

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = new double[points.Count];
        for (var first = 0; first < points.Count; first += GpModel.Batch)
        {
            double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
            _model.Predict(batch, _means, _variances);
            for (var c = 0; c < batch.Length; c++)
            {
                var sigma = Math.Sqrt(_variances[c]);
                var gain = _means[c] - _best;
                var (log, slope) = LogExpectedImprovement.LogH(gain / sigma);
                values[first + c] = Math.Log(sigma) + log;
                if (gradients is null)
                    continue;
                // ∂a = ∂ln σ + h'/h·∂z, ∂z = ∂μ/σ − z·∂ln σ, ∂ln σ = ∂variance / (2·variance): the gradient of k*ᵀβ + c·variance.
                TensorPrimitives.Multiply(_model.Alpha, slope / sigma, _betas[c]);
                _cs[c] = (1 - slope * gain / sigma) / (2 * _variances[c]);
            }

            if (gradients is not null)
                _model.Gradient(batch, _betas, _cs, [.. gradients.Skip(first).Take(batch.Length)]);
        }

        return values;
    }
}
