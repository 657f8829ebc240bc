// Notation: n kernels; d parameters; u, shape [d] = a point of the unit cube, NaN where a parameter is inactive.
using System.Numerics.Tensors;
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>A density over a space: one kernel at each of n points, and the uniform one.</summary>
/// <remarks>A kernel is a product over the parameters, so that what goes together stays together (the multivariate estimator of Falkner, Klein and
/// Hutter, BOHB, ICML 2018), see <see cref="NumberKernel"/> and <see cref="ChoiceKernel"/>. Where its point has no value, because the parameter was
/// inactive, a kernel is uniform: so one estimator serves all branches of a conditional space. Densities are relative to the uniform one.</remarks>
internal sealed class Parzen
{
    private readonly double[][] _points;
    private readonly double[] _cumulative, _logWeights;
    private readonly IKernel[] _kernels;

    /// <summary>Places the kernels.</summary>
    /// <param name="space">The space.</param>
    /// <param name="points">u of each, shape [n][d].</param>
    /// <param name="weights">Of each, positive, shape [n].</param>
    /// <param name="priorWeight">Of the uniform one, positive.</param>
    /// <param name="bandwidth">The normals' width in units of Scott's rule.</param>
    public Parzen(SearchSpace space, double[][] points, double[] weights, double priorWeight, double bandwidth)
    {
        _points = points;
        var total = weights.Sum() + priorWeight;
        _logWeights = [.. weights.Append(priorWeight).Select(w => Math.Log(w / total))];
        _cumulative = [.. weights.Select(w => w / total)];
        for (var i = 1; i < _cumulative.Length; i++)
            _cumulative[i] += _cumulative[i - 1];
        _kernels = [.. space.Parameters.Select((p, j) => Kernel(p, [.. points.Select(u => u[j])], space.Parameters.Count, bandwidth))];
    }

    /// <summary>A kernel, as often as its weight says; −1 = the uniform one.</summary>
    public int Pick(RandomStream stream)
    {
        var uniform = stream.NextDouble();
        return Array.FindIndex(_cumulative, c => uniform < c);
    }

    /// <summary>A point drawn from one kernel, with a coordinate for inactive parameters, too; shape [d].</summary>
    public double[] Draw(int kernel, RandomStream stream)
    {
        var u = PointSampler.Draw(stream, _kernels.Length);
        for (var j = 0; kernel >= 0 && j < u.Length; j++)
            if (_points[kernel][j] is var centre && !double.IsNaN(centre))
                u[j] = _kernels[j].Draw(centre, u[j], stream);
        return u;
    }

    /// <summary>ln of the density at u, relative to the uniform one.</summary>
    public double LogDensity(double[] u)
    {
        var terms = (double[])_logWeights.Clone();
        for (var j = 0; j < u.Length; j++)
            if (!double.IsNaN(u[j]))
                _kernels[j].AddLogs(terms, u[j]);
        var largest = TensorPrimitives.Max(terms);
        TensorPrimitives.Subtract(terms, largest, terms);
        Exponential.Overwrite(terms);
        return largest + Math.Log(Dots.Sum(terms));
    }

    private static IKernel Kernel(Parameter parameter, double[] centres, int dimensions, double bandwidth) =>
        parameter is CategoricalParameter or BooleanParameter ? new ChoiceKernel(parameter, centres) : new NumberKernel(parameter, centres, dimensions, bandwidth);
}

/// <summary>The kernels of one parameter.</summary>
internal interface IKernel
{
    /// <summary>A coordinate drawn from the kernel at a centre.</summary>
    /// <param name="centre">In [0, 1].</param>
    /// <param name="uniform">A number in [0, 1) that may be the answer.</param>
    /// <param name="stream">For more numbers.</param>
    double Draw(double centre, double uniform, RandomStream stream);

    /// <summary>Adds ln of each kernel's density at a coordinate, relative to the uniform one; terms beyond the kernels stay.</summary>
    void AddLogs(double[] terms, double u);
}
