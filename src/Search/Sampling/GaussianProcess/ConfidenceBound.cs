// Notation: μ(x), σ(x) = posterior, given pending points at their posterior means: μ is the same without them, σ is not; κ = confidence; a(x) = μ + κ·σ.
using System.Numerics.Tensors;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The upper confidence bound of a trial while others are pending.</summary>
/// <remarks>Desautels, Krause and Burdick, Parallelizing exploration-exploitation tradeoffs in Gaussian process bandit optimization (JMLR 15, 2014), equation 7.</remarks>
internal sealed class ConfidenceBound : IAcquisition
{
    private readonly GpModel _model;
    private readonly double _confidence;
    private readonly double[][] _betas;
    private readonly double[] _means = new double[GpModel.Batch], _variances = new double[GpModel.Batch], _cs = new double[GpModel.Batch];

    private ConfidenceBound(GpModel model, double confidence)
    {
        (_model, _confidence) = (model, confidence);
        _betas = [.. Enumerable.Repeat(model.Alpha, GpModel.Batch)];
    }

    /// <summary>With κ, given points whose values are not known yet, shape [p][d]; null when the numerics fail or there is no time left.</summary>
    public static ConfidenceBound? Over(GpModel model, double confidence, IReadOnlyList<double[]> pending, Func<bool> isOver) =>
        (pending.Count == 0 ? model : model.WithMeans(pending, isOver)?.Model) is { } extended ? new ConfidenceBound(extended, confidence) : null;

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = new double[points.Count];
        for (var first = 0; first < points.Count; first += GpModel.Batch)
        {
            double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
            _model.Predict(batch, _means, _variances);
            TensorPrimitives.Sqrt(_variances, _cs);
            for (var c = 0; c < batch.Length; c++)
                (values[first + c], _cs[c]) = (_means[c] + _confidence * _cs[c], 0.5 * _confidence / _cs[c]);
            if (gradients is not null)
                _model.Gradient(batch, _betas, _cs, [.. gradients.Skip(first).Take(batch.Length)]);
        }

        return values;
    }
}
