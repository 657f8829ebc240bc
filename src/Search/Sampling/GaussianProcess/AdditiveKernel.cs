// Notation: λ = length scales, shape [d]; a = variance; ρ = (ln λ_1 … ln λ_d, ln a), shape [d + 1]; for one dimension
// δ = |x_j − x'_j| for numeric j, [x_j ≠ x'_j] for categorical j; z = √5·δ/λ_j.
using System.Runtime.Intrinsics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The mean of one Matérn-5/2 for each dimension: k = a/d · Σ_j (1 + z + z²/3)·exp(−z).</summary>
/// <remarks>An additive process of first order (Duvenaud, Nickisch and Rasmussen, NIPS 2011, arXiv 1112.4394, section 3): it learns what each
/// parameter does by itself, from far fewer points than a function of all of them needs.</remarks>
internal sealed class AdditiveKernel
{
    private static readonly double Sqrt5 = Math.Sqrt(5);
    private readonly double[] _rates;
    private readonly double _share;

    public AdditiveKernel(ReadOnlySpan<double> rho)
    {
        _rates = new double[rho.Length - 1];
        for (var j = 0; j < _rates.Length; j++)
            _rates[j] = Sqrt5 * Math.Exp(-rho[j]);
        Variance = Math.Exp(rho[^1]);
        _share = Variance / _rates.Length;
    }

    /// <summary>a.</summary>
    public double Variance { get; }

    /// <summary>Adds k between x, shape [d], and the first n points, shape [n].</summary>
    public void AddTo(Span<double> k, ReadOnlySpan<double> x, Points points)
    {
        for (var j = 0; j < _rates.Length; j++)
        {
            var column = points.Columns[j].AsSpan(0, k.Length);
            var (isCategorical, rate, i) = (points.IsCategorical[j], _rates[j], 0);
            for (; i <= k.Length - 8; i += 8)
            {
                var z = Differences(Vector512.Create<double>(column.Slice(i, 8)), Vector512.Create(x[j]), isCategorical) * rate;
                (Vector512.Create<double>(k.Slice(i, 8)) + _share * (Vector512<double>.One + z + z * z * (1.0 / 3)) * Vector512.Exp(-z)).CopyTo(k[i..]);
            }

            for (; i < k.Length; i++)
                k[i] += Value(Difference(column[i], x[j], isCategorical) * rate);
        }
    }

    /// <summary>Adds the gradient of Σ_i w_i·k(x, x_i) by ρ, shape [d + 1]; w of shape [n].</summary>
    public void AddGradient(ReadOnlySpan<double> x, Points points, ReadOnlySpan<double> w, Span<double> gradient)
    {
        for (var j = 0; j < _rates.Length; j++)
        {
            var column = points.Columns[j].AsSpan(0, w.Length);
            var (isCategorical, rate, i) = (points.IsCategorical[j], _rates[j], 0);
            var (values, slopes) = (Vector512<double>.Zero, Vector512<double>.Zero);
            for (; i <= w.Length - 8; i += 8)
            {
                var z = Differences(Vector512.Create<double>(column.Slice(i, 8)), Vector512.Create(x[j]), isCategorical) * rate;
                var (z2, decay) = (z * z * (1.0 / 3), Vector512.Exp(-z) * Vector512.Create<double>(w.Slice(i, 8)));
                values = Vector512.FusedMultiplyAdd(Vector512<double>.One + z + z2, decay, values);
                // ∂/∂ln λ of (1 + z + z²/3)·exp(−z) is z²/3·(1 + z)·exp(−z).
                slopes = Vector512.FusedMultiplyAdd(z2 * (Vector512<double>.One + z), decay, slopes);
            }

            var (value, slope) = (_share * Vector512.Sum(values), _share * Vector512.Sum(slopes));
            for (; i < w.Length; i++)
            {
                var z = Difference(column[i], x[j], isCategorical) * rate;
                value += w[i] * Value(z);
                slope += w[i] * _share * z * z / 3 * (1 + z) * Math.Exp(-z);
            }

            gradient[j] += slope;
            gradient[^1] += value;
        }
    }

    /// <summary>∂/∂x_j of Σ_i w_i·k(x, x_i) for a numeric j; the column of shape [n], w of shape [n].</summary>
    public double ByCoordinate(int j, double x, ReadOnlySpan<double> column, ReadOnlySpan<double> w)
    {
        var (rate, sums, i) = (_rates[j], Vector512<double>.Zero, 0);
        for (; i <= w.Length - 8; i += 8)
        {
            var difference = Vector512.Create<double>(column.Slice(i, 8)) - Vector512.Create(x);
            var z = Vector512.Abs(difference) * rate;
            sums = Vector512.FusedMultiplyAdd((Vector512<double>.One + z) * Vector512.Exp(-z) * difference, Vector512.Create<double>(w.Slice(i, 8)), sums);
        }

        var sum = Vector512.Sum(sums);
        for (; i < w.Length; i++)
        {
            var z = Math.Abs(column[i] - x) * rate;
            sum += (1 + z) * Math.Exp(-z) * (column[i] - x) * w[i];
        }

        return sum * _share * rate * rate / 3;
    }

    private double Value(double z) => _share * (1 + z + z * z / 3) * Math.Exp(-z);

    private static double Difference(double a, double b, bool isCategorical) => isCategorical ? a == b ? 0 : 1 : Math.Abs(a - b);

    private static Vector512<double> Differences(Vector512<double> a, Vector512<double> b, bool isCategorical) => isCategorical
        ? Vector512.ConditionalSelect(Vector512.Equals(a, b), Vector512<double>.Zero, Vector512<double>.One)
        : Vector512.Abs(a - b);
}
