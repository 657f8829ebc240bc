// Notation: ℓ = length scales, shape [d]; s = signal variance; σ² = noise variance; θ = (ln ℓ_1 … ln ℓ_d, ln s, ln σ²), shape [d + 2].
// δ_j(x, x') = (x_j − x'_j)² for numeric j, [x_j ≠ x'_j] for categorical j; r² = Σ_j δ_j / ℓ_j²; z = √5·r.
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Matérn-5/2 with a length scale for each dimension: k = s·(1 + z + z²/3)·exp(−z).</summary>
/// <remarks>Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), equation 4.17. Its slope is −2·∂k/∂r² =
/// s·5/3·(1 + z)·exp(−z): ∂k/∂ln ℓ_j = slope·δ_j/ℓ_j² and ∂k/∂x_j = −slope·(x_j − x'_j)/ℓ_j².</remarks>
internal sealed class Kernel
{
    private readonly double[] _inverseSquares, _inverseScales;
    private readonly double _product;

    public Kernel(ReadOnlySpan<double> theta, int dimensions)
    {
        _inverseSquares = new double[dimensions];
        for (var j = 0; j < dimensions; j++)
            _inverseSquares[j] = Math.Exp(-2 * theta[j]);
        _product = Math.Exp(theta[dimensions]);
        _inverseScales = [];
        if (theta.Length > dimensions + 2)
        {
            _inverseScales = new double[dimensions];
            for (var j = 0; j < dimensions; j++)
                _inverseScales[j] = Math.Exp(-theta[dimensions + 2 + j]);
            Single = Math.Exp(theta[^1]) / dimensions;
        }

        Noise = Math.Exp(theta[dimensions + 1]);
    }

    /// <summary>Whether there is an additive part.</summary>
    public bool IsAdditive => _inverseScales.Length > 0;

    /// <summary>a/d.</summary>
    public double Single { get; }

    /// <summary>1/λ_j.</summary>
    public double InverseScale(int j) => _inverseScales[j];

    /// <summary>s + a = k(x, x).</summary>
    public double Signal => _product + Single * _inverseScales.Length;

    /// <summary>s.</summary>
    public double Product => _product;

    /// <summary>σ².</summary>
    public double Noise { get; }

    /// <summary>1/ℓ_j².</summary>
    public double InverseSquare(int j) => _inverseSquares[j];

    /// <summary>Between x, shape [d], and the first n points: k into <paramref name="k"/> and the slopes into <paramref name="slopes"/>, shape [n].</summary>
    public void Row(ReadOnlySpan<double> x, Points points, Span<double> k, Span<double> slopes)
    {
        k.Clear();
        for (var j = 0; j < _inverseSquares.Length; j++)
            AddDistances(points.Columns[j].AsSpan(0, k.Length), x[j], _inverseSquares[j], points.IsCategorical[j], k);
        TensorPrimitives.Multiply(k, 5, k);
        TensorPrimitives.Sqrt(k, k); // z
        TensorPrimitives.Negate(k, slopes);
        TensorPrimitives.Exp(slopes, slopes); // exp(−z)
        for (var i = 0; i < k.Length; i++)
        {
            var (z, decay) = (k[i], _product * slopes[i]);
            k[i] = decay * (1 + z + z * z / 3);
            slopes[i] = decay * (1 + z) * (5.0 / 3);
        }

        for (var j = 0; j < _inverseScales.Length; j++)
            AddSingle(points.Columns[j].AsSpan(0, k.Length), x[j], _inverseScales[j], points.IsCategorical[j], Single, k);
    }

    private static readonly double Sqrt5 = Math.Sqrt(5);

    // k_i += a·(1 + z + z²/3)·exp(−z) of one dimension.
    private static void AddSingle(ReadOnlySpan<double> column, double x, double inverseScale, bool isCategorical, double a, Span<double> k)
    {
        var i = 0;
        var (at, by, amplitude, third) = (Vector512.Create(x), Vector512.Create(inverseScale * Sqrt5), Vector512.Create(a), Vector512.Create(1.0 / 3));
        for (; i <= column.Length - 8; i += 8)
        {
            var z = Differences(Vector512.Create(column.Slice(i, 8)), at, isCategorical) * by;
            var value = amplitude * Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(z, third, Vector512<double>.One), z, Vector512<double>.One) * Vector512.Exp(-z);
            (Vector512.Create<double>(k.Slice(i, 8)) + value).CopyTo(k[i..]);
        }

        for (; i < column.Length; i++)
        {
            var z = (isCategorical ? column[i] == x ? 0 : 1 : Math.Abs(column[i] - x)) * inverseScale * Sqrt5;
            k[i] += a * (1 + z + z * z / 3) * Math.Exp(-z);
        }
    }

    /// <summary>Σ_i w_i·a·5/3·(1 + z_i)·exp(−z_i)·δ_i/λ_j² of one dimension (<paramref name="signed"/> false: ∂/∂ln λ_j), or with x_i − x in place of δ (true: ∂/∂x).</summary>
    public double WeightedSlopes(ReadOnlySpan<double> column, double x, int j, bool isCategorical, ReadOnlySpan<double> w, bool signed)
    {
        var i = 0;
        var inverse = _inverseScales[j];
        var (at, by, sums) = (Vector512.Create(x), Vector512.Create(inverse * Sqrt5), Vector512<double>.Zero);
        for (; i <= w.Length - 8; i += 8)
        {
            var c = Vector512.Create(column.Slice(i, 8));
            var difference = Differences(c, at, isCategorical);
            var z = difference * by;
            var slope = (Vector512<double>.One + z) * Vector512.Exp(-z) * Vector512.Create(w.Slice(i, 8));
            sums = Vector512.FusedMultiplyAdd(slope, signed ? c - at : difference * difference, sums);
        }

        var sum = Vector512.Sum(sums);
        for (; i < w.Length; i++)
        {
            var difference = isCategorical ? column[i] == x ? 0 : 1 : Math.Abs(column[i] - x);
            var z = difference * inverse * Sqrt5;
            sum += (1 + z) * Math.Exp(-z) * w[i] * (signed ? column[i] - x : difference * difference);
        }

        return sum * Single * (5.0 / 3) * inverse * inverse;
    }

    /// <summary>Σ_i w_i·the additive part.</summary>
    public void Additive(ReadOnlySpan<double> x, Points points, Span<double> k)
    {
        k.Clear();
        for (var j = 0; j < _inverseScales.Length; j++)
            AddSingle(points.Columns[j].AsSpan(0, k.Length), x[j], _inverseScales[j], points.IsCategorical[j], Single, k);
    }

    private static Vector512<double> Differences(Vector512<double> a, Vector512<double> b, bool isCategorical) => isCategorical
        ? Vector512.ConditionalSelect(Vector512.Equals(a, b), Vector512<double>.Zero, Vector512<double>.One)
        : Vector512.Abs(a - b);

    /// <summary>k(X, X) with a number added to its diagonal, shape [n, n]; only the lower triangle is filled.</summary>
    public double[] Matrix(Points points, double diagonal)
    {
        var n = points.Count;
        var (matrix, slopes) = (new double[n * n], new double[n]);
        for (var a = 0; a < n; a++)
        {
            Row(points.Rows[a], points, matrix.AsSpan(a * n, a), slopes.AsSpan(0, a));
            matrix[a * n + a] = Signal + diagonal;
        }

        return matrix;
    }

    /// <summary>Σ_i w_i·δ_j(x, x_i), for weights of shape [n].</summary>
    public static double WeightedDistances(ReadOnlySpan<double> column, double x, ReadOnlySpan<double> w, bool isCategorical)
    {
        var i = 0;
        var (at, sums) = (new Vector<double>(x), Vector<double>.Zero);
        for (; i <= w.Length - Vector<double>.Count; i += Vector<double>.Count)
            sums += Distances(new Vector<double>(column[i..]), at, isCategorical) * new Vector<double>(w[i..]);
        var sum = Vector.Sum(sums);
        for (; i < w.Length; i++)
            sum += Distance(column[i], x, isCategorical) * w[i];
        return sum;
    }

    private static void AddDistances(ReadOnlySpan<double> column, double x, double weight, bool isCategorical, Span<double> sums)
    {
        var i = 0;
        var (at, by) = (new Vector<double>(x), new Vector<double>(weight));
        for (; i <= column.Length - Vector<double>.Count; i += Vector<double>.Count)
            (new Vector<double>(sums[i..]) + Distances(new Vector<double>(column[i..]), at, isCategorical) * by).CopyTo(sums[i..]);
        for (; i < column.Length; i++)
            sums[i] += Distance(column[i], x, isCategorical) * weight;
    }

    private static Vector<double> Distances(Vector<double> a, Vector<double> b, bool isCategorical) => isCategorical
        ? Vector.ConditionalSelect(Vector.Equals(a, b), Vector<double>.Zero, Vector<double>.One)
        : (a - b) * (a - b);

    private static double Distance(double a, double b, bool isCategorical) => isCategorical ? a == b ? 0 : 1 : (a - b) * (a - b);
}
