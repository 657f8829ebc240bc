// Notation: λ = length scales, shape [d]; a = variance; ρ = (ln λ_1 … ln λ_d, ln a), shape [d + 1]; for one dimension
// δ = |x_j − x'_j| for numeric j, [x_j ≠ x'_j] for categorical j; z = √5·δ/λ_j; e(x) = exp(√5·(x − ½)/λ_j).
using System.Runtime.Intrinsics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The mean of one Matérn-5/2 for each dimension: k = a/d · Σ_j (1 + z + z²/3)·exp(−z). Not for use by two threads.</summary>
/// <remarks>An additive process of first order (Duvenaud, Nickisch and Rasmussen, NIPS 2011, arXiv 1112.4394, section 3): it learns what each
/// parameter does by itself, from far fewer points than a function of all of them needs. In one dimension exp(−z) = min(e(x)/e(x'), e(x')/e(x)): d exponentials for a
/// point, not for a pair of points.</remarks>
internal sealed class AdditiveKernel
{
    private static readonly double Sqrt5 = Math.Sqrt(5);
    private readonly double[] _rates;
    private readonly double _share;
    private Powers? _powers;

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
            var pairs = PairsOf(j, x[j], points, k.Length);
            var i = 0;
            for (; i <= k.Length - 8; i += 8)
            {
                var z = pairs.Distances(i);
                (Vector512.Create<double>(k.Slice(i, 8)) + _share * (Vector512<double>.One + z + z * z * (1.0 / 3)) * pairs.Decays(i, z)).CopyTo(k[i..]);
            }

            for (; i < k.Length; i++)
            {
                var z = pairs.Distance(i);
                k[i] += _share * (1 + z + z * z / 3) * pairs.Decay(i, z);
            }
        }
    }

    /// <summary>Adds the gradient of Σ_i w_i·k(x, x_i) by ρ, shape [d + 1]; w of shape [n].</summary>
    public void AddGradient(ReadOnlySpan<double> x, Points points, ReadOnlySpan<double> w, Span<double> gradient)
    {
        for (var j = 0; j < _rates.Length; j++)
        {
            var pairs = PairsOf(j, x[j], points, w.Length);
            var i = 0;
            var (values, slopes) = (Vector512<double>.Zero, Vector512<double>.Zero);
            for (; i <= w.Length - 8; i += 8)
            {
                var z = pairs.Distances(i);
                var (z2, decay) = (z * z * (1.0 / 3), pairs.Decays(i, z) * Vector512.Create<double>(w.Slice(i, 8)));
                values = Vector512.FusedMultiplyAdd(Vector512<double>.One + z + z2, decay, values);
                // ∂/∂ln λ of (1 + z + z²/3)·exp(−z) is z²/3·(1 + z)·exp(−z).
                slopes = Vector512.FusedMultiplyAdd(z2 * (Vector512<double>.One + z), decay, slopes);
            }

            var (value, slope) = (Vector512.Sum(values), Vector512.Sum(slopes));
            for (; i < w.Length; i++)
            {
                var z = pairs.Distance(i);
                var decay = pairs.Decay(i, z) * w[i];
                value += (1 + z + z * z / 3) * decay;
                slope += z * z / 3 * (1 + z) * decay;
            }

            gradient[j] += _share * slope;
            gradient[^1] += _share * value;
        }
    }

    /// <summary>∂/∂x_j of Σ_i w_i·k(x, x_i) for a numeric j; w of shape [n].</summary>
    public double ByCoordinate(int j, double x, Points points, ReadOnlySpan<double> w)
    {
        var pairs = PairsOf(j, x, points, w.Length);
        var (column, sums, i) = (points.Columns[j], Vector512<double>.Zero, 0);
        for (; i <= w.Length - 8; i += 8)
        {
            var (z, difference) = (pairs.Distances(i), Vector512.Create(column, i) - Vector512.Create(x));
            sums = Vector512.FusedMultiplyAdd((Vector512<double>.One + z) * pairs.Decays(i, z) * difference, Vector512.Create<double>(w.Slice(i, 8)), sums);
        }

        var sum = Vector512.Sum(sums);
        for (; i < w.Length; i++)
        {
            var z = pairs.Distance(i);
            sum += (1 + z) * pairs.Decay(i, z) * (column[i] - x) * w[i];
        }

        return sum * _share * _rates[j] * _rates[j] / 3;
    }

    private Pairs PairsOf(int j, double x, Points points, int count)
    {
        if (!ReferenceEquals(_powers?.Points, points))
            _powers = new Powers(points, _rates);
        return new Pairs(points.Columns[j].AsSpan(0, count), points.IsCategorical[j], _powers.Up[j], _powers.Down[j], x, _rates[j]);
    }

    // A coordinate x and those of the first points: z and exp(−z) for each pair.
    private readonly ref struct Pairs
    {
        private readonly ReadOnlySpan<double> _column, _up, _down;
        private readonly double _x, _rate, _upX, _downX;
        private readonly bool _isCategorical, _isFar;

        public Pairs(ReadOnlySpan<double> column, bool isCategorical, ReadOnlySpan<double> up, ReadOnlySpan<double> down, double x, double rate)
        {
            _column = column;
            _up = up;
            _down = down;
            (_isCategorical, _x, _rate) = (isCategorical, x, rate);
            _isFar = isCategorical || up.IsEmpty || Powers.IsFar(rate, x);
            if (!_isFar)
                _downX = 1 / (_upX = Math.Exp(rate * (x - 0.5)));
        }

        public Vector512<double> Distances(int i)
        {
            var (there, here) = (Vector512.Create(_column.Slice(i, 8)), Vector512.Create(_x));
            return _rate * (_isCategorical ? Vector512.ConditionalSelect(Vector512.Equals(there, here), Vector512<double>.Zero, Vector512<double>.One) : Vector512.Abs(there - here));
        }

        public Vector512<double> Decays(int i, Vector512<double> z) => _isFar
            ? Vector512.Exp(-z)
            : Vector512.Min(Vector512.Create(_up.Slice(i, 8)) * _downX, Vector512.Create(_down.Slice(i, 8)) * _upX);

        public double Distance(int i) => _rate * (_isCategorical ? _column[i] == _x ? 0 : 1 : Math.Abs(_column[i] - _x));

        public double Decay(int i, double z) => _isFar ? Math.Exp(-z) : Math.Min(_up[i] * _downX, _down[i] * _upX);
    }

    // e of the points' coordinates and its inverse, shape [d][n]; empty where there is none, or it would leave the range of numbers: local models, which are not kept, have coordinates far from their box.
    private sealed class Powers
    {
        private const double Most = 340;

        public Powers(Points points, double[] rates)
        {
            Points = points;
            Up = [.. rates.Select((rate, j) => Of(j, rate))];
            Down = [.. rates.Select((rate, j) => Of(j, -rate))];
        }

        public Points Points { get; }

        public double[][] Up { get; }

        public double[][] Down { get; }

        public static bool IsFar(double rate, double x) => Math.Abs(rate * (x - 0.5)) > Most;

        // The same bits whatever n is: no other way for the last few, and nothing beside them that is out of Exp's range, which then takes its slow way for all eight.
        private double[] Of(int j, double rate)
        {
            var column = Points.Columns[j];
            if (Points.IsCategorical[j] || Array.Exists(column, x => IsFar(rate, x)))
                return [];
            var powers = new double[column.Length];
            Span<double> eight = stackalloc double[8];
            for (var i = 0; i < column.Length; i += 8)
            {
                var count = Math.Min(8, column.Length - i);
                eight.Fill(0.5);
                column.AsSpan(i, count).CopyTo(eight);
                Vector512.Exp(rate * (Vector512.Create<double>(eight) - Vector512.Create(0.5))).CopyTo(eight);
                eight[..count].CopyTo(powers.AsSpan(i));
            }

            return powers;
        }
    }
}
