using static HpoService.Bench.Problems.Bbob.BbobTransforms;

namespace HpoService.Bench.Problems.Bbob;

/// <summary>The formulas that the functions share, of points that are transformed already; d is their length.</summary>
internal static class BbobFormulas
{
    private const double Ill = 1e6;
    private const int WeierstrassTerms = 12;
    private const int KatsuuraTerms = 32;

    /// <summary>Σ_k 2⁻ᵏ cos(3ᵏ π): what the Weierstrass series is where it is smallest.</summary>
    private static readonly double WeierstrassLeast = Series(0);

    public static double Ellipsoid(double[] z) => Sum(z, (v, i) => Math.Pow(Ill, Part(i, z.Length)) * v * v);

    public static double Discus(double[] z) => Ill * z[0] * z[0] + Sum(z[1..], (v, _) => v * v);

    public static double Cigar(double[] z) => z[0] * z[0] + Ill * Sum(z[1..], (v, _) => v * v);

    public static double Ridge(double[] z) => z[0] * z[0] + 100 * Math.Sqrt(Sum(z[1..], (v, _) => v * v));

    public static double Powers(double[] z) => Math.Sqrt(Sum(z, (v, i) => Math.Pow(Math.Abs(v), 2 + 4 * Part(i, z.Length))));

    public static double Rastrigin(double[] z) => 10 * (z.Length - Sum(z, (v, _) => Math.Cos(2 * Math.PI * v))) + Sum(z, (v, _) => v * v);

    public static double GriewankRosenbrock(double[] z)
    {
        static double Griewank(double v) => v / 4000 - Math.Cos(v);
        return 10 + 10 * Sum(z[..^1], (v, i) => Griewank(100 * Square(v * v - z[i + 1]) + Square(1 - v))) / (z.Length - 1);
    }

    public static double Weierstrass(double[] z)
    {
        var excess = Sum(z, (v, _) => Series(v)) / z.Length - WeierstrassLeast;
        return 10 * excess * excess * excess;
    }

    public static double Schaffer(double[] z)
    {
        static double Wave(double v) => Math.Pow(v, 0.25) * (1 + Square(Math.Sin(50 * Math.Pow(v, 0.1))));
        return Square(Sum(z[..^1], (v, i) => Wave(v * v + z[i + 1] * z[i + 1])) / (z.Length - 1));
    }

    public static double Schwefel(double[] z)
    {
        var outside = Sum(z, (v, _) => Square(Math.Max(0, Math.Abs(v) - 500)));
        return 0.01 * (outside + 418.9828872724339 - Sum(z, (v, _) => v * Math.Sin(Math.Sqrt(Math.Abs(v)))) / z.Length);
    }

    public static double Katsuura(double[] z)
    {
        var d = z.Length;
        var product = 1.0;
        for (var i = 0; i < d; i++)
        {
            var sum = 0.0;
            for (var j = 1; j <= KatsuuraTerms; j++)
            {
                var scaled = Math.ScaleB(z[i], j);
                sum += Math.ScaleB(Math.Abs(scaled - Round(scaled)), -j);
            }

            product *= 1 + (i + 1) * sum;
        }

        return 10.0 / d / d * (Math.Pow(product, 10 / Math.Pow(d, 1.2)) - 1);
    }

    private static double Series(double v)
    {
        var (sum, weight, frequency) = (0.0, 1.0, 1.0);
        for (var k = 0; k < WeierstrassTerms; k++, weight /= 2, frequency *= 3)
            sum += weight * Math.Cos(2 * Math.PI * frequency * (v + 0.5));
        return sum;
    }
}
