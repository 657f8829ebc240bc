// Notation: ℓ = length scales, shape [d]; s = signal variance; σ² = noise variance; θ = (ln ℓ_1 … ln ℓ_d, ln s, ln σ²), shape [d + 2].
// δ_j(x, x') = (x_j − x'_j)² for numeric j, [x_j ≠ x'_j] for categorical j; r² = Σ_j δ_j / ℓ_j².
namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Matérn-5/2 with a length scale for each dimension: k = s·(1 + √5·r + 5/3·r²)·exp(−√5·r).</summary>
/// <remarks>Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), equation 4.17.</remarks>
internal sealed class Kernel
{
    private const double Sqrt5 = 2.23606797749979;
    private readonly bool[] _isCategorical;
    private readonly double[] _inverseSquares;

    public Kernel(bool[] isCategorical, ReadOnlySpan<double> theta)
    {
        _isCategorical = isCategorical;
        _inverseSquares = new double[isCategorical.Length];
        for (var j = 0; j < _inverseSquares.Length; j++)
            _inverseSquares[j] = Math.Exp(-2 * theta[j]);
        Signal = Math.Exp(theta[^2]);
        Noise = Math.Exp(theta[^1]);
    }

    /// <summary>s.</summary>
    public double Signal { get; }

    /// <summary>σ².</summary>
    public double Noise { get; }

    public double Distance(double[] x, double[] y, int j)
    {
        var difference = x[j] - y[j];
        return _isCategorical[j] ? difference == 0 ? 0 : 1 : difference * difference;
    }

    /// <summary>k(x, y), and in <paramref name="slope"/> −2·∂k/∂r² = s·5/3·(1 + √5·r)·exp(−√5·r).</summary>
    public double Value(double[] x, double[] y, out double slope)
    {
        var r2 = 0.0;
        for (var j = 0; j < _inverseSquares.Length; j++)
            r2 += Distance(x, y, j) * _inverseSquares[j];
        var z = Sqrt5 * Math.Sqrt(r2);
        var decay = Signal * Math.Exp(-z);
        slope = decay * (1 + z) * (5.0 / 3);
        return decay * (1 + z + z * z / 3);
    }

    /// <summary>∂k/∂ln ℓ_j, from the slope at the same pair.</summary>
    public double ByLogScale(double[] x, double[] y, int j, double slope) => slope * Distance(x, y, j) * _inverseSquares[j];

    /// <summary>∂k/∂x_j, from the slope at the same pair; numeric j only.</summary>
    public double ByCoordinate(double[] x, double[] y, int j, double slope) => -slope * (x[j] - y[j]) * _inverseSquares[j];
}
