// Notation: k objectives, each with a model: μ_j(x), v_j(x) = its posterior; G(x) = the scalarized objectives' smallest part, m(x), s²(x) = its mean and variance; p = number of
// pending points, which count as their posterior means; z = (m − best) / s; κ = confidence; a(x) = ln(s·h(z)), h as in LogExpectedImprovement.cs, or m + κ·s.
using System.Numerics.Tensors;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What makes a point worth a trial where there are several objectives, each with a model of its own: along one direction, ln EI or the upper confidence bound of what counts there.</summary>
/// <remarks>As <see cref="ExpectedImprovement"/> and <see cref="ConfidenceBound"/>, for the smallest of several normal values, see <see cref="NormalMinimum"/>.</remarks>
internal sealed class FrontAcquisition : IAcquisition
{
    private readonly GpModel[] _models;
    private readonly Scalarization _scalarization;
    private readonly double[][][] _betas;
    private readonly double[][] _means, _variances, _cs;
    private readonly double[] _m, _v;
    private readonly double _best;
    private readonly double? _confidence;
    private readonly NormalMinimum _minimum;

    private FrontAcquisition(GpModel[] models, Scalarization scalarization, double best, double? confidence)
    {
        (_models, _scalarization, _best, _confidence) = (models, scalarization, best, confidence);
        var k = models.Length;
        _betas = [.. models.Select(m => Rows(GpModel.Batch, m.X.Count))];
        (_means, _variances, _cs) = (Rows(k, GpModel.Batch), Rows(k, GpModel.Batch), Rows(k, GpModel.Batch));
        (_m, _v, _minimum) = (new double[k], new double[k], new NormalMinimum(k));
    }

    /// <summary>ln EI over the best value, given points whose values are not known yet; null when the numerics fail or there is no time left.</summary>
    /// <param name="models">Shape [k].</param>
    /// <param name="scalarization">The direction.</param>
    /// <param name="best">The best value of G.</param>
    /// <param name="pending">Shape [p][d].</param>
    /// <param name="isOver">Asked for each pending point: when true, it is given up.</param>
    /// <param name="counts">Which of the pending points may raise the best value, shape [p]; null = all.</param>
    public static FrontAcquisition? Improvement(
        GpModel[] models, Scalarization scalarization, double best, IReadOnlyList<double[]> pending, Func<bool> isOver, bool[]? counts = null)
    {
        if (pending.Count == 0)
            return new FrontAcquisition(models, scalarization, best, null);
        var (extended, means) = (new GpModel[models.Length], new double[models.Length][]);
        for (var j = 0; j < models.Length; j++)
        {
            if (models[j].WithMeans(pending, isOver) is not { } with)
                return null;
            (extended[j], means[j]) = with;
        }

        best = Enumerable.Range(0, pending.Count).Where(a => counts?[a] != false).Select(a => scalarization.Of([.. means.Select(m => m[a])])).Append(best).Max();
        return new FrontAcquisition(extended, scalarization, best, null);
    }

    /// <summary>The upper confidence bound, given points whose values are not known yet, shape [p][d]; null when the numerics fail or there is no time left.</summary>
    public static FrontAcquisition? Bound(GpModel[] models, Scalarization scalarization, double confidence, IReadOnlyList<double[]> pending, Func<bool> isOver)
    {
        GpModel[] extended = pending.Count == 0 ? models : [.. models.Select(m => m.WithMeans(pending, isOver)?.Model).OfType<GpModel>()];
        return extended.Length < models.Length ? null : new FrontAcquisition(extended, scalarization, 0, confidence);
    }

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = new double[points.Count];
        for (var first = 0; first < points.Count; first += GpModel.Batch)
        {
            double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
            for (var j = 0; j < _models.Length; j++)
                _models[j].Predict(batch, _means[j], _variances[j]);
            for (var c = 0; c < batch.Length; c++)
            {
                values[first + c] = Combine(c);
                if (gradients is not null)
                    Array.Clear(gradients[first + c]);
            }

            for (var j = 0; gradients is not null && j < _models.Length; j++)
            {
                var own = Rows(batch.Length, batch[0].Length);
                _models[j].Gradient(batch, _betas[j], _cs[j], own);
                for (var c = 0; c < batch.Length; c++)
                    TensorPrimitives.Add(gradients[first + c], own[c], gradients[first + c]);
            }
        }

        return values;
    }

    // Also a's gradient: summed over the objectives, that of k*ᵀβ + c·variance.
    private double Combine(int point)
    {
        for (var j = 0; j < _m.Length; j++)
            (_m[j], _v[j]) = (_scalarization.Part(j, _means[j][point]), _scalarization.Scale(j) * _scalarization.Scale(j) * _variances[j][point]);
        _minimum.Of(_m, _v);
        var s = Math.Sqrt(_minimum.Variance);
        var z = (_minimum.Mean - _best) / s;
        var (log, slope) = _confidence is null ? LogExpectedImprovement.LogH(z) : default;
        // ∂ ln(s·h(z)) = h'/h·∂m / s + (1 − z·h'/h)·∂s² / (2·s²).
        var (byMean, byVariance) = _confidence is { } confidence ? (1, 0.5 * confidence / s) : (slope / s, (1 - z * slope) / (2 * _minimum.Variance));
        for (var j = 0; j < _m.Length; j++)
        {
            var scale = _scalarization.Scale(j);
            TensorPrimitives.Multiply(_models[j].Alpha, scale * (byMean * _minimum.MeanByMean[j] + byVariance * _minimum.VarianceByMean[j]), _betas[j][point]);
            _cs[j][point] = scale * scale * (byMean * _minimum.MeanByVariance[j] + byVariance * _minimum.VarianceByVariance[j]);
        }

        return _confidence is { } bound ? _minimum.Mean + bound * s : Math.Log(s) + log;
    }

    private static double[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
