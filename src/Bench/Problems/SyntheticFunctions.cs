using HpoService.Search.Spaces;

namespace HpoService.Bench.Problems;

/// <summary>A function over a box of floats x1, x2, …</summary>
/// <param name="name">As in files of results.</param>
/// <param name="bounds">The box, one pair a dimension.</param>
/// <param name="value">The value at a point of the box.</param>
/// <param name="minimum">Its smallest value.</param>
/// <param name="trials">The usual number of trials.</param>
internal sealed class SyntheticFunction(string name, (double Low, double High)[] bounds, Func<double[], double> value, double minimum, int trials = 100)
    : Formula(name, Box(bounds), point => value([.. Enumerable.Range(1, bounds.Length).Select(i => point[$"x{i}"].Number)]), minimum, trials)
{
    public (double Low, double High)[] Bounds { get; } = bounds;

    public Func<double[], double> Value { get; } = value;

    /// <summary>The same bounds in every dimension.</summary>
    public static SyntheticFunction Cube(string name, int d, double low, double high, Func<double[], double> f, double minimum, int trials = 100) =>
        new(name, [.. Enumerable.Repeat((low, high), d)], f, minimum, trials);

    /// <summary>f(x − o): moved off the centre of its box, where samplers like to start.</summary>
    public static SyntheticFunction Moved(string name, int d, double low, double high, Func<double[], double> f, double minimum = 0, int trials = 100) =>
        Cube(name, d, low, high, x => f([.. x.Select((v, i) => v - Offset(i) * (high - low))]), minimum, trials);

    /// <summary>How far a moved function is moved in dimension i, from 0, as a part of the box: within ±0.3.</summary>
    public static double Offset(int i) => (0.1 + 0.61803398875 * (i + 1)) % 1 * 0.6 - 0.3;

    private static SearchSpace Box((double Low, double High)[] bounds) =>
        new([.. bounds.Select((b, i) => new FloatParameter($"x{i + 1}", b.Low, b.High))]);
}

/// <summary>The group <c>functions</c>: smooth and rough, 2 to 20 dimensions. The ones named <c>_s</c> are moved.</summary>
internal static class SyntheticFunctions
{
    public static IReadOnlyList<SyntheticFunction> All { get; } =
    [
        new("branin", [(-5, 10), (0, 15)], Formulas.Branin, 0.39788735772973816),
        SyntheticFunction.Cube("hartmann3", 3, 0, 1, Formulas.Hartmann3, -3.8627797869493365),
        SyntheticFunction.Cube("hartmann6", 6, 0, 1, Formulas.Hartmann6, -3.322368011391339),
        SyntheticFunction.Cube("rosenbrock4", 4, -5, 10, Formulas.Rosenbrock, 0),
        SyntheticFunction.Cube("rosenbrock10", 10, -5, 10, Formulas.Rosenbrock, 0),
        SyntheticFunction.Cube("levy6", 6, -10, 10, Formulas.Levy, 0),
        SyntheticFunction.Cube("michalewicz5", 5, 0, Math.PI, x => -Formulas.Sum(x, (v, i) => Math.Sin(v) * Math.Pow(Math.Sin(i * v * v / Math.PI), 20)), -4.687658),
        SyntheticFunction.Cube("styblinskitang6", 6, -5, 5, x => 0.5 * Formulas.Sum(x, (v, _) => v * v * v * v - 16 * v * v + 5 * v), 6 * -39.16616570377142),
        SyntheticFunction.Cube("shekel4", 4, 0, 10, Formulas.Shekel, -10.53644315348353),
        SyntheticFunction.Cube("schwefel4", 4, -500, 500, x => 418.9829 * x.Length - Formulas.Sum(x, (v, _) => v * Math.Sin(Math.Sqrt(Math.Abs(v)))), 0),
        SyntheticFunction.Moved("ackley5_s", 5, -32.768, 32.768, Formulas.Ackley),
        SyntheticFunction.Moved("ackley20_s", 20, -32.768, 32.768, Formulas.Ackley),
        SyntheticFunction.Moved("rastrigin4_s", 4, -5.12, 5.12, x => Formulas.Sum(x, (v, _) => 10 + v * v - 10 * Math.Cos(2 * Math.PI * v))),
        SyntheticFunction.Moved("griewank6_s", 6, -600, 600, Formulas.Griewank),
        SyntheticFunction.Moved("bohachevsky_s", 2, -100, 100, Formulas.Bohachevsky),
    ];
}
