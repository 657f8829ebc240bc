using static HpoService.Bench.Problems.Bbob.BbobRandom;
using static HpoService.Bench.Problems.Bbob.BbobTransforms;

namespace HpoService.Bench.Problems.Bbob;

/// <summary>The 24 noise-free functions of Hansen, Finck, Ros and Auger, "Real-parameter black-box optimization benchmarking: noiseless functions
/// definitions" (INRIA RR-6829, 2009, updated), with the instances of COCO's suite <c>bbob</c> (github.com/numbbo/coco).</summary>
/// <remarks>In the notation of the report x is a point, o = x^opt, R and Q are rotations, Λ^α scales dimension i by α^(i / 2(d − 1)), T_osz and T_asy^β make
/// smooth functions irregular and lopsided. The report's penalty outside of [-5, 5]^d is left out: nothing is searched there.</remarks>
internal static class BbobFunctions
{
    public const int Count = 24;

    private const long SeedsAnInstance = 10_000;
    private const long OfOtherRotation = 1_000_000;

    /// <summary>The smallest value.</summary>
    /// <param name="function">1 to 24.</param>
    /// <param name="instance">From 1.</param>
    public static double Minimum(int function, int instance) => BbobRandom.Minimum(Seed(function, instance));

    /// <summary>A function less its smallest value, over [-5, 5]^d.</summary>
    /// <param name="function">1 to 24.</param>
    /// <param name="instance">From 1.</param>
    /// <param name="d">The dimension, at least 2.</param>
    public static Func<double[], double> Excess(int function, int instance, int d)
    {
        var seed = Seed(function, instance);
        // Functions with one rotation only have R, but Rosenbrock's have Q.
        var r = Rotation(d, seed + OfOtherRotation);
        var q = Rotation(d, seed);
        var o = Optimum(d, function == 12 ? seed + OfOtherRotation : seed);
        double[] R(double[] x) => Rotate(r, x);
        double[] Q(double[] x) => Rotate(q, x);
        double[] From(double[] x) => Minus(x, o);
        // R Λ Q: an ellipsoid whose axes are not the coordinates' nor those of R.
        double[] Stretch(double[] x, double condition) => R(Conditioned(Q(x), condition));
        var valley = Math.Max(1, Math.Sqrt(d) / 8);
        return function switch
        {
            1 => x => Sum(From(x), (v, _) => v * v),
            2 => x => BbobFormulas.Ellipsoid(Oscillate(From(x))),
            3 => x => BbobFormulas.Rastrigin(Conditioned(Asymmetric(Oscillate(From(x)), 0.2), 10)),
            4 => BuecheRastrigin(o),
            5 => x => Sum(x, (v, i) => Scale(100, i, d) * (5 - Math.Sign(o[i]) * v)),
            6 => x => Math.Pow(Oscillate(Sum(Stretch(From(x), 10), (v, i) => Square((v * o[i] > 0 ? 100 : 1) * v))), 0.9),
            7 => x => Steps(Conditioned(Q(From(x)), 10), R),
            8 => x => Formulas.Rosenbrock([.. x.Select((v, i) => valley * (v - 0.75 * o[i]) + 1)]),
            9 => x => Formulas.Rosenbrock([.. Q(x).Select(v => valley * v + 0.5)]),
            10 => x => BbobFormulas.Ellipsoid(Oscillate(R(From(x)))),
            11 => x => BbobFormulas.Discus(Oscillate(R(From(x)))),
            12 => x => BbobFormulas.Cigar(R(Asymmetric(R(From(x)), 0.5))),
            13 => x => BbobFormulas.Ridge(Stretch(From(x), 10)),
            14 => x => BbobFormulas.Powers(R(From(x))),
            15 => x => BbobFormulas.Rastrigin(Stretch(Asymmetric(Oscillate(R(From(x))), 0.2), 10)),
            16 => x => BbobFormulas.Weierstrass(Stretch(Oscillate(R(From(x))), 0.01)),
            17 or 18 => x => BbobFormulas.Schaffer(Conditioned(Q(Asymmetric(R(From(x)), 0.5)), function == 17 ? 10 : 1000)),
            19 => x => BbobFormulas.GriewankRosenbrock([.. Q(x).Select(v => valley * v + 0.5)]),
            20 => Schwefel(Uniform(d, seed)),
            21 => GallagherPeaks.Function(101, Math.Sqrt(1000), 10, q, seed),
            22 => GallagherPeaks.Function(21, 1000, 9.8, q, seed),
            23 => x => BbobFormulas.Katsuura(Stretch(From(x), 100)),
            24 => Lunacek(Normal(d, seed), x => Stretch(x, 100)),
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "1 to 24."),
        };
    }

    // Two functions have the random numbers of their neighbours.
    private static long Seed(int function, int instance) => function switch { 4 => 3, 18 => 17, _ => function } + SeedsAnInstance * instance;

    private static Func<double[], double> BuecheRastrigin(double[] o)
    {
        double[] positive = [.. o.Select((v, i) => i % 2 == 0 ? Math.Abs(v) : v)];
        return x => BbobFormulas.Rastrigin(
            [.. Oscillate(Minus(x, positive)).Select((v, i) => Scale(10, i, x.Length) * (v > 0 && i % 2 == 0 ? 10 : 1) * v)]);
    }

    private static double Steps(double[] z, Func<double[], double[]> rotate)
    {
        var flat = rotate([.. z.Select(v => Math.Abs(v) > 0.5 ? Round(v) : Round(10 * v) / 10)]);
        return 0.1 * Math.Max(1e-4 * Math.Abs(z[0]), Sum(flat, (v, i) => Math.Pow(100, Part(i, z.Length)) * v * v));
    }

    private static Func<double[], double> Schwefel(double[] uniform)
    {
        // 2 |o_i| in each dimension.
        const double Twice = 4.2096874637;
        return x =>
        {
            double[] mirrored = [.. x.Select((v, i) => 2 * (uniform[i] < 0.5 ? -v : v))];
            var coupled = mirrored.Select((v, i) => i == 0 ? v : v + 0.25 * (mirrored[i - 1] - Twice));
            return BbobFormulas.Schwefel([.. Conditioned([.. coupled.Select(v => v - Twice)], 10).Select(v => 100 * (v + Twice))]);
        };
    }

    private static Func<double[], double> Lunacek(double[] normal, Func<double[], double[]> stretch)
    {
        const double Mu = 2.5;
        var d = normal.Length;
        var s = 1 - 1 / (2 * Math.Sqrt(d + 20) - 8.2);
        var second = -Math.Sqrt((Mu * Mu - 1) / s);
        return x =>
        {
            double[] mirrored = [.. x.Select((v, i) => 2 * (normal[i] < 0 ? -v : v))];
            var bowls = Math.Min(Sum(mirrored, (v, _) => Square(v - Mu)), d + s * Sum(mirrored, (v, _) => Square(v - second)));
            return bowls + 10 * (d - Sum(stretch([.. mirrored.Select(v => v - Mu)]), (v, _) => Math.Cos(2 * Math.PI * v)));
        };
    }
}
