// Notation: c, shape [d] = features of the whole space at the centre; r = radius in unit-cube coordinates.
namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A box around a good point that is as large as the nearest observations are far: it shrinks as they gather, and follows the centre.</summary>
/// <remarks>The idea of a local model in a trust region is TuRBO's (Eriksson et al., NeurIPS 2019, arXiv 1910.01739); here its size needs no
/// counters of successes and failures.</remarks>
internal sealed class Neighbourhood
{
    private readonly double[] _centre;
    private readonly bool[] _isCategorical;

    /// <summary>Around c, so large that <paramref name="nearest"/> observations lie in it, shape [n][d] (features of the whole space), nearest ≤ n.</summary>
    public Neighbourhood(double[] centre, bool[] isCategorical, IEnumerable<double[]> observations, int nearest)
    {
        (_centre, _isCategorical) = (centre, isCategorical);
        Radius = Math.Clamp(observations.Select(Distance).Order().ElementAt(nearest - 1), 1e-6, 1);
    }

    /// <summary>r.</summary>
    public double Radius { get; }

    /// <summary>The largest difference of a coordinate; categories that differ are 1 apart.</summary>
    public double Distance(double[] x)
    {
        var most = 0.0;
        for (var j = 0; j < x.Length; j++)
            most = Math.Max(most, _isCategorical[j] ? x[j] == _centre[j] ? 0 : 1 : Math.Abs(x[j] - _centre[j]));
        return most;
    }

    /// <summary>The position of coordinate j between the sides, 0 and 1.</summary>
    public double Relative(int j, double coordinate) => 0.5 + 0.5 * (coordinate - _centre[j]) / Radius;

    /// <summary>The sides' coordinates, shape [d], within the cube.</summary>
    public (double[] Low, double[] High) Sides(double[] u) =>
        (Array.ConvertAll(u, v => Math.Max(0, v - Radius)), Array.ConvertAll(u, v => Math.Min(1, v + Radius)));
}
