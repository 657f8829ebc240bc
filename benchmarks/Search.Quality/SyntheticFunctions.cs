using HpoService.Search.Spaces;

namespace HpoService.Search.Quality;

/// <summary>A function to minimise over a box of floats.</summary>
/// <param name="Name">As in tables of results.</param>
/// <param name="Bounds">The box, one pair a dimension.</param>
/// <param name="Value">The value at a point of the box.</param>
/// <param name="Minimum">Its smallest value.</param>
internal sealed record SyntheticFunction(string Name, (double Low, double High)[] Bounds, Func<double[], double> Value, double Minimum)
{
    public SearchSpace Space { get; } = new([.. Bounds.Select((b, i) => new FloatParameter($"x{i + 1}", b.Low, b.High))]);

    public double At(ParameterValues point) => Value([.. Space.Parameters.Select(p => point[p.Name].Number)]);
}

/// <summary>The usual test functions (Surjanovic and Bingham, Virtual Library of Simulation Experiments; Jamil and Yang, 2013). The ones
/// named <c>_s</c> are moved off the centre of their box, where samplers like to start.</summary>
internal static class SyntheticFunctions
{
    private static readonly double[] Alpha = [1, 1.2, 3, 3.2];

    private static readonly double[][] A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]];

    private static readonly double[][] P3 =
        [[0.3689, 0.117, 0.2673], [0.4699, 0.4387, 0.747], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];

    private static readonly double[][] A6 =
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];

    private static readonly double[][] P6 =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    private static readonly (double Beta, double[] C)[] ShekelPeaks =
    [
        (0.1, [4, 4, 4, 4]), (0.2, [1, 1, 1, 1]), (0.2, [8, 8, 8, 8]), (0.4, [6, 6, 6, 6]), (0.4, [3, 7, 3, 7]),
        (0.6, [2, 9, 2, 9]), (0.3, [5, 3, 5, 3]), (0.7, [8, 1, 8, 1]), (0.5, [6, 2, 6, 2]), (0.5, [7, 3.6, 7, 3.6]),
    ];

    // Below the tables: static fields are set in their order.
    public static IReadOnlyList<SyntheticFunction> All { get; } =
    [
        new("branin", [(-5, 10), (0, 15)], Branin, 0.39788735772973816),
        Cube("hartmann3", 3, 0, 1, x => Hartmann(x, A3, P3), -3.8627797869493365),
        Cube("hartmann6", 6, 0, 1, x => Hartmann(x, A6, P6), -3.322368011391339),
        Cube("rosenbrock4", 4, -5, 10, Rosenbrock, 0),
        Cube("rosenbrock10", 10, -5, 10, Rosenbrock, 0),
        Cube("levy6", 6, -10, 10, Levy, 0),
        Cube("michalewicz5", 5, 0, Math.PI, x => -Sum(x, (v, i) => Math.Sin(v) * Math.Pow(Math.Sin(i * v * v / Math.PI), 20)), -4.687658),
        Cube("styblinskitang6", 6, -5, 5, x => 0.5 * Sum(x, (v, _) => v * v * v * v - 16 * v * v + 5 * v), 6 * -39.16616570377142),
        Cube("shekel4", 4, 0, 10, Shekel, -10.53644315348353),
        Cube("schwefel4", 4, -500, 500, x => 418.9829 * x.Length - Sum(x, (v, _) => v * Math.Sin(Math.Sqrt(Math.Abs(v)))), 0),
        Moved("ackley5_s", 5, 32.768, Ackley),
        Moved("ackley20_s", 20, 32.768, Ackley),
        Moved("rastrigin4_s", 4, 5.12, x => Sum(x, (v, _) => 10 + v * v - 10 * Math.Cos(2 * Math.PI * v))),
        Moved("griewank6_s", 6, 600, x => 1 + Sum(x, (v, _) => v * v / 4000) - x.Select((v, i) => Math.Cos(v / Math.Sqrt(i + 1))).Aggregate((a, b) => a * b)),
        Moved("bohachevsky_s", 2, 100, x => x[0] * x[0] + 2 * x[1] * x[1] - 0.3 * Math.Cos(3 * Math.PI * x[0]) - 0.4 * Math.Cos(4 * Math.PI * x[1]) + 0.7),
    ];

    private static SyntheticFunction Cube(string name, int d, double low, double high, Func<double[], double> f, double minimum) =>
        new(name, [.. Enumerable.Repeat((low, high), d)], f, minimum);

    private static SyntheticFunction Moved(string name, int d, double half, Func<double[], double> f) =>
        Cube(name, d, -half, half, x => f([.. x.Select((v, i) => v - ((0.1 + 0.61803398875 * (i + 1)) % 1 * 0.6 - 0.3) * 2 * half)]), 0);

    private static double Sum(double[] x, Func<double, int, double> term)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += term(x[i], i + 1);
        return sum;
    }

    private static double Branin(double[] x)
    {
        var (a, b) = (x[0], x[1]);
        var inner = b - 5.1 * a * a / (4 * Math.PI * Math.PI) + 5 * a / Math.PI - 6;
        return inner * inner + 10 * (1 - 1 / (8 * Math.PI)) * Math.Cos(a) + 10;
    }

    private static double Hartmann(double[] x, double[][] a, double[][] p)
    {
        var sum = 0.0;
        for (var k = 0; k < 4; k++)
            sum -= Alpha[k] * Math.Exp(-Sum(x, (v, i) => a[k][i - 1] * (v - p[k][i - 1]) * (v - p[k][i - 1])));
        return sum;
    }

    private static double Rosenbrock(double[] x) =>
        Sum(x[..^1], (v, i) => 100 * (x[i] - v * v) * (x[i] - v * v) + (1 - v) * (1 - v));

    private static double Levy(double[] x)
    {
        double[] w = [.. x.Select(v => 1 + (v - 1) / 4)];
        static double Square(double v) => v * v;
        return Square(Math.Sin(Math.PI * w[0]))
            + Sum(w[..^1], (v, _) => Square(v - 1) * (1 + 10 * Square(Math.Sin(Math.PI * v + 1))))
            + Square(w[^1] - 1) * (1 + Square(Math.Sin(2 * Math.PI * w[^1])));
    }

    private static double Shekel(double[] x) => -ShekelPeaks.Sum(p => 1 / (p.Beta + Sum(x, (v, i) => (v - p.C[i - 1]) * (v - p.C[i - 1]))));

    private static double Ackley(double[] x) => 20 + Math.E - 20 * Math.Exp(-0.2 * Math.Sqrt(Sum(x, (v, _) => v * v) / x.Length))
        - Math.Exp(Sum(x, (v, _) => Math.Cos(2 * Math.PI * v)) / x.Length);
}
