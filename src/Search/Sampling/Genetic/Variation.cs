// Notation: a, b = coordinates of two parents in [0, 1]; η = distribution index.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.Genetic;

/// <summary>Crossover and mutation of one ordered coordinate in [0, 1].</summary>
/// <remarks>Simulated binary crossover, Deb and Agrawal (Complex Systems 9, 1995), in the form for bounded variables, and polynomial mutation, Deb and Goyal
/// (1996), as in the code of NSGA-II (Deb et al. 2002).</remarks>
internal static class Variation
{
    private const double Same = 1e-14;

    /// <summary>A child of a and b, with equal probability either of the two that lie symmetrically to them.</summary>
    public static double Cross(double a, double b, double index, RandomStream stream)
    {
        var (uniform, side) = (stream.NextDouble(), stream.NextDouble() < 0.5);
        if (Math.Abs(a - b) < Same)
            return a;
        var (low, high) = (Math.Min(a, b), Math.Max(a, b));
        var child = side ? low + high - Spread(uniform, 1 + 2 * low / (high - low)) * (high - low) : low + high + Spread(uniform, 1 + 2 * (1 - high) / (high - low)) * (high - low);
        return Math.Clamp(child / 2, 0, 1);

        double Spread(double u, double reach)
        {
            var alpha = 2 - Math.Pow(reach, -(index + 1));
            return Math.Pow(u <= 1 / alpha ? u * alpha : 1 / (2 - u * alpha), 1 / (index + 1));
        }
    }

    /// <summary>A neighbour of a.</summary>
    public static double Mutate(double a, double index, RandomStream stream)
    {
        var u = stream.NextDouble();
        var power = index + 1;
        var move = u < 0.5
            ? Math.Pow(2 * u + (1 - 2 * u) * Math.Pow(1 - a, power), 1 / power) - 1
            : 1 - Math.Pow(2 * (1 - u) + (2 * u - 1) * Math.Pow(a, power), 1 / power);
        return Math.Clamp(a + move, 0, 1);
    }
}
