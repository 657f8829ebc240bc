// Notation: ℓ = length scales, shape [d]; s = signal variance; σ² = noise variance; θ = (ln ℓ_1 … ln ℓ_d, ln s, ln σ²), shape [d + 2], and
// with an additive part its ρ after that, shape [2d + 3].
// δ_j(x, x') = (x_j − x'_j)² for numeric j, [x_j ≠ x'_j] for categorical j; r² = Σ_j δ_j / ℓ_j²; z = √5·r.
using System.Numerics;
using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Matérn-5/2 with a length scale for each dimension, k = s·(1 + z + z²/3)·exp(−z), and perhaps an additive part.</summary>
/// <remarks>Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), equation 4.17. Its slope is −2·∂k/∂r² =
/// s·5/3·(1 + z)·exp(−z): ∂k/∂ln ℓ_j = slope·δ_j/ℓ_j² and ∂k/∂x_j = −slope·(x_j − x'_j)/ℓ_j².</remarks>
internal sealed class Kernel
{
    private readonly double[] _inverseSquares;
    private readonly double _product;

    public Kernel(ReadOnlySpan<double> theta, int dimensions)
    {
        _inverseSquares = new double[dimensions];
        for (var j = 0; j < dimensions; j++)
            _inverseSquares[j] = Math.Exp(-2 * theta[j]);
        (_product, Noise) = (Math.Exp(theta[dimensions]), Math.Exp(theta[dimensions + 1]));
        Additive = theta.Length > dimensions + 2 ? new AdditiveKernel(theta[(dimensions + 2)..]) : null;
    }

    /// <summary>The additive part.</summary>
    public AdditiveKernel? Additive { get; }

    /// <summary>k(x, x) = s, and a of the additive part.</summary>
    public double Signal => _product + (Additive?.Variance ?? 0);

    /// <summary>σ².</summary>
    public double Noise { get; }

    /// <summary>The part of an observation's variance that is noise, 0 to 1.</summary>
    public double NoiseShare => Noise / (Signal + Noise);

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
        Exponential.Overwrite(slopes); // exp(−z)
        for (var i = 0; i < k.Length; i++)
        {
            var (z, decay) = (k[i], _product * slopes[i]);
            k[i] = decay * (1 + z + z * z / 3);
            slopes[i] = decay * (1 + z) * (5.0 / 3);
        }

        Additive?.AddTo(k, x, points);
    }

    /// <summary>k(X, X) with a number added to its diagonal, shape [n, n]; only the lower triangle is filled.</summary>
    /// <param name="points">X.</param>
    /// <param name="diagonal">The number.</param>
    /// <param name="isOver">Asked before each row: when true, that and those after it stay zero, so that there is no factor.</param>
    public double[] Matrix(Points points, double diagonal, Func<bool>? isOver = null)
    {
        var n = points.Count;
        var (matrix, slopes) = (new double[n * n], new double[n]);
        for (var a = 0; a < n && isOver?.Invoke() != true; a++)
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
