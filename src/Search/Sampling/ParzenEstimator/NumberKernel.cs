// Notation: n kernels; d parameters of the space; s = standard deviation of the kernels' centres, the uniform density counting as one more of them;
// σ = width.
using System.Numerics;
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>For ordered values: a normal cut off at 0 and 1, integrated over the cell of a discrete one.</summary>
/// <remarks>σ = b·s·(n + 1)^(−1/(d+4)), Scott, Multivariate Density Estimation (1992), eq. 6.42; at least 1 % of the range, and of a discrete parameter's
/// range one value, as Watanabe recommends (Tree-Structured Parzen Estimator: Understanding Its Algorithm Components, 2023, section 3.3.4): narrower ones only
/// repeat what was tried.</remarks>
internal sealed class NumberKernel : IKernel
{
    private const double Narrowest = 0.01, Thin = 0.01, Least = 1e-300;
    private readonly Parameter _parameter;
    private readonly double[] _places, _logShares; // the centres; those of a discrete parameter without repetition
    private readonly int[]? _placeOf;
    private readonly double _width, _logScale;

    public NumberKernel(Parameter parameter, double[] centres, int dimensions, double bandwidth)
    {
        _parameter = parameter;
        var known = centres.Where(c => !double.IsNaN(c)).ToArray();
        _places = parameter.Cardinality is null ? centres : [.. known.Distinct().Order()];
        _placeOf = parameter.Cardinality is null ? null : [.. centres.Select(c => double.IsNaN(c) ? -1 : Array.BinarySearch(_places, c))];
        var mean = known.DefaultIfEmpty(0.5).Average();
        var s = Math.Sqrt((known.Sum(c => (c - mean) * (c - mean)) + 1.0 / 12) / (known.Length + 1));
        _width = Math.Clamp(bandwidth * s * Math.Pow(known.Length + 1, -1.0 / (dimensions + 4)), Math.Max(Narrowest, 1.0 / (parameter.Cardinality ?? long.MaxValue)), 1);
        _logScale = -Math.Log(_width) - 0.5 * Math.Log(2 * Math.PI);
        _logShares = [.. _places.Select(c => Math.Log(Share(c, 0, 1)))];
    }

    public double Draw(double centre, double uniform, RandomStream stream)
    {
        for (var draw = 0; draw < 100; draw++)
            if (centre + _width * stream.NextNormal() is >= 0 and <= 1 and var u)
                return u;
        return centre;
    }

    public void AddLogs(double[] terms, double u)
    {
        if (_placeOf is null)
            AddLogs(terms.AsSpan(0, _places.Length), u);
        else
            AddLogs(terms, _placeOf, u);
    }

    // Of continuous values, of which hardly any are the same.
    private void AddLogs(Span<double> terms, double u)
    {
        var i = 0;
        for (; i <= terms.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var (centre, sum) = (new Vector<double>(_places, i), new Vector<double>(terms[i..]));
            var z = (new Vector<double>(u) - centre) / _width;
            Vector.ConditionalSelect(Vector.Equals(centre, centre), sum + (new Vector<double>(_logScale) - 0.5 * z * z - new Vector<double>(_logShares, i)), sum).CopyTo(terms[i..]);
        }

        for (; i < terms.Length; i++)
        {
            var z = (u - _places[i]) / _width;
            if (!double.IsNaN(z))
                terms[i] += _logScale - 0.5 * z * z - _logShares[i];
        }
    }

    private void AddLogs(double[] terms, int[] placeOf, double u)
    {
        var (low, high) = UnitCube.CellOf(_parameter, u);
        // Over a cell that is thin beside the kernel the density hardly changes.
        var isThin = high - low < Thin * _width;
        var logs = new double[_places.Length];
        for (var i = 0; i < logs.Length; i++)
        {
            var z = (u - _places[i]) / _width;
            logs[i] = (isThin ? _logScale - 0.5 * z * z : Math.Log(Math.Max(Share(_places[i], low, high), Least) / (high - low))) - _logShares[i];
        }

        for (var i = 0; i < placeOf.Length; i++)
            if (placeOf[i] >= 0)
                terms[i] += logs[placeOf[i]];
    }

    private double Share(double mean, double low, double high) => 0.5 * (Erf((high - mean) / _width) - Erf((low - mean) / _width));

    private static double Erf(double z) => MathNet.Numerics.SpecialFunctions.Erf(z / Math.Sqrt(2));
}
