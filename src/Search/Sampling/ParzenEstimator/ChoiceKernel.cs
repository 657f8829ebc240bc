// Notation: n kernels; c choices.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>For values without an order: the own choice, or with a probability that falls with n any of them.</summary>
/// <remarks>Aitchison and Aitken, Multivariate Binary Discrimination by the Kernel Method (1976): (1 + 1/n′) / (1 + c/n′) for the own choice and
/// (1/n′) / (1 + c/n′) for any other, n′ = n + 1.</remarks>
internal sealed class ChoiceKernel : IKernel
{
    private readonly double[] _centres;
    private readonly double _own, _same, _other, _half;

    public ChoiceKernel(Parameter parameter, double[] centres)
    {
        _centres = centres;
        var (choices, spread) = (parameter.Cardinality!.Value, 1.0 / (centres.Count(c => !double.IsNaN(c)) + 1));
        _own = 1 / (1 + choices * spread);
        (_same, _other) = (Math.Log((1 + spread) * _own * choices), Math.Log(spread * _own * choices));
        _half = 0.5 / choices;
    }

    public double Draw(double centre, double uniform, RandomStream stream) => stream.NextDouble() < _own ? centre : uniform;

    public void AddLogs(double[] terms, double u)
    {
        for (var i = 0; i < _centres.Length; i++)
            if (!double.IsNaN(_centres[i]))
                terms[i] += Math.Abs(_centres[i] - u) < _half ? _same : _other;
    }
}
