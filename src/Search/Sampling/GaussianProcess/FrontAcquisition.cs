// Notation: k objectives, each with a model: μ_j(x), v_j(x) = its posterior; G(x) = the scalarized objectives' smallest part, m(x), s²(x) = its mean and variance; p = number of
// pending points; i = one of several draws of their values; best_i = the largest G known in that draw; z_i = (m_i − best_i) / s_i; κ = confidence;
// a(x) = ln (mean over i of s_i·h(z_i)), h as in LogExpectedImprovement.cs, or m + κ·s.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What makes a point worth a trial where there are several objectives, each with a model of its own: along one direction, ln EI or the upper confidence bound of what counts there.</summary>
/// <remarks>As <see cref="ExpectedImprovement"/> and <see cref="ConfidenceBound"/>, for the smallest of several normal values, see <see cref="NormalMinimum"/>.</remarks>
internal sealed class FrontAcquisition : IAcquisition
{
    private const int Draws = 16;
    private readonly GpModel[] _models;
    private readonly Scalarization _scalarization;
    private readonly double[][][] _alphas, _means, _betas;
    private readonly double[][] _variances, _cs, _byMean, _byVariance;
    private readonly double[] _bests, _logs, _m, _v;
    private readonly double? _confidence;
    private readonly NormalMinimum _minimum;

    private FrontAcquisition(GpModel[] models, Scalarization scalarization, double[][][] alphas, double[] bests, double? confidence)
    {
        (_models, _scalarization, _alphas, _bests, _confidence) = (models, scalarization, alphas, bests, confidence);
        var (k, draws) = (models.Length, bests.Length);
        _means = [.. models.Select(_ => Rows(GpModel.Batch, draws))];
        _betas = [.. models.Select(m => Rows(GpModel.Batch, m.X.Count))];
        (_variances, _cs) = (Rows(k, GpModel.Batch), Rows(k, GpModel.Batch));
        (_byMean, _byVariance, _logs) = (Rows(draws, k), Rows(draws, k), new double[draws]);
        (_m, _v, _minimum) = (new double[k], new double[k], new NormalMinimum(k));
    }

    /// <summary>ln EI over the best value, given points whose values are not known yet; null when the numerics fail or there is no time left.</summary>
    /// <param name="models">Shape [k].</param>
    /// <param name="scalarization">The direction.</param>
    /// <param name="best">The best value of G.</param>
    /// <param name="pending">Shape [p][d].</param>
    /// <param name="y">The models' values, shape [k][n].</param>
    /// <param name="stream">Randomness.</param>
    /// <param name="isOver">Asked for each pending point: when true, it is given up.</param>
    /// <param name="counts">Which of the pending points may raise the best value, shape [p]; null = all.</param>
    public static FrontAcquisition? Improvement(
        GpModel[] models, Scalarization scalarization, double best, IReadOnlyList<double[]> pending, double[][] y, RandomStream stream, Func<bool> isOver, bool[]? counts = null)
    {
        if (pending.Count == 0)
            return new FrontAcquisition(models, scalarization, [.. models.Select(m => new[] { m.Alpha })], [best], null);
        var (extended, alphas, values) = (new GpModel[models.Length], new double[models.Length][][], new double[models.Length][][]);
        for (var j = 0; j < models.Length; j++)
        {
            if (PendingDraws.Of(models[j], pending, y[j], Draws, stream, isOver) is not { } draws)
                return null;
            (extended[j], alphas[j], values[j]) = draws;
        }

        double[] bests = [.. Enumerable.Range(0, Draws).Select(i => Enumerable.Range(0, pending.Count).Where(a => counts?[a] != false)
            .Select(a => scalarization.Of([.. values.Select(v => v[i][a])])).Append(best).Max())];
        return new FrontAcquisition(extended, scalarization, alphas, bests, null);
    }

    /// <summary>The upper confidence bound, given points whose values are not known yet, shape [p][d]; null when the numerics fail or there is no time left.</summary>
    public static FrontAcquisition? Bound(GpModel[] models, Scalarization scalarization, double confidence, IReadOnlyList<double[]> pending, Func<bool> isOver)
    {
        GpModel[] extended = pending.Count == 0 ? models : [.. models.Select(m => m.WithMeans(pending, isOver)).OfType<GpModel>()];
        return extended.Length < models.Length ? null : new FrontAcquisition(extended, scalarization, [.. extended.Select(m => new[] { m.Alpha })], [0], confidence);
    }

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = new double[points.Count];
        for (var first = 0; first < points.Count; first += GpModel.Batch)
        {
            double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
            for (var j = 0; j < _models.Length; j++)
                _models[j].Predict(batch, _alphas[j], _means[j], _variances[j]);
            for (var c = 0; c < batch.Length; c++)
            {
                values[first + c] = Combine(c);
                if (gradients is null)
                    continue;
                Differentiate(c);
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

    // Also the derivatives of what each draw adds, by each objective's mean and variance.
    private double Combine(int point)
    {
        for (var i = 0; i < _bests.Length; i++)
        {
            for (var j = 0; j < _m.Length; j++)
                (_m[j], _v[j]) = (_scalarization.Part(j, _means[j][point][i]), _scalarization.Scale(j) * _scalarization.Scale(j) * _variances[j][point]);
            _minimum.Of(_m, _v);
            var s = Math.Sqrt(_minimum.Variance);
            var z = (_minimum.Mean - _bests[i]) / s;
            var (log, slope) = _confidence is null ? LogExpectedImprovement.LogH(z) : default;
            // ∂ ln(s·h(z)) = h'/h·∂m / s + (1 − z·h'/h)·∂s² / (2·s²).
            _logs[i] = _confidence is { } bound ? _minimum.Mean + bound * s : Math.Log(s) + log;
            var (byMean, byVariance) = _confidence is { } confidence ? (1, 0.5 * confidence / s) : (slope / s, (1 - z * slope) / (2 * _minimum.Variance));
            for (var j = 0; j < _m.Length; j++)
            {
                var scale = _scalarization.Scale(j);
                _byMean[i][j] = scale * (byMean * _minimum.MeanByMean[j] + byVariance * _minimum.VarianceByMean[j]);
                _byVariance[i][j] = scale * scale * (byMean * _minimum.MeanByVariance[j] + byVariance * _minimum.VarianceByVariance[j]);
            }
        }

        return Top() + Math.Log(Total() / _logs.Length);
    }

    // Right after Combine: a's gradient is, summed over the objectives, that of k*ᵀβ + c·variance.
    private void Differentiate(int point)
    {
        var (top, total) = (Top(), Total());
        for (var j = 0; j < _models.Length; j++)
        {
            var beta = _betas[j][point];
            Array.Clear(beta);
            _cs[j][point] = 0;
            for (var i = 0; i < _logs.Length; i++)
            {
                var weight = Math.Exp(_logs[i] - top) / total;
                TensorPrimitives.MultiplyAdd(_alphas[j][i], weight * _byMean[i][j], beta, beta);
                _cs[j][point] += weight * _byVariance[i][j];
            }
        }
    }

    private double Top() => TensorPrimitives.Max<double>(_logs);

    private double Total()
    {
        var (top, total) = (Top(), 0.0);
        foreach (var log in _logs)
            total += Math.Exp(log - top);
        return total;
    }

    private static double[][] Rows(int rows, int columns) => [.. Enumerable.Range(0, rows).Select(_ => new double[columns])];
}
