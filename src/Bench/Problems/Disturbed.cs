using HpoService.Search.Spaces;

namespace HpoService.Bench.Problems;

/// <summary>A function whose trials end otherwise than with its value. What counts for an incumbent is the function itself.</summary>
/// <param name="name">As in files of results.</param>
/// <param name="function">The truth.</param>
/// <param name="disturb">What a trial of this value ends with.</param>
/// <param name="copies">How many times the history holds each trial.</param>
internal sealed class Disturbed(string name, SyntheticFunction function, Func<double, KeyedRandom, Outcome> disturb, int copies = 1)
    : Problem(name, function.Space)
{
    public override int Copies { get; } = copies;

    public override Outcome Try(ParameterValues point, long seed, int number) => disturb(function.Truth(point), new KeyedRandom(seed, number));

    public override double Truth(ParameterValues point) => function.Truth(point);
}

/// <summary>The group <c>robust</c>: what goes wrong in practice.</summary>
internal static class RobustProblems
{
    private const double Noise = 0.05;
    private const double Broken = 0.1;

    public static IReadOnlyList<Problem> All { get; } =
    [
        // The ranges: largest less smallest value in the box.
        Noisy("branin", 307.73), Noisy("hartmann6", 3.3224), Noisy("levy6", 414.41),
        .. new[] { "branin", "hartmann6", "levy6" }.SelectMany(name => new Problem[]
        {
            new Disturbed($"{name}_1e12", Function(name), (value, random) => Outcome.Completed(random.NextDouble() < Broken ? 1e12 : value)),
            // NaN cannot be stored: the service records the trial as infeasible.
            new Disturbed($"{name}_nan", Function(name), (value, random) => random.NextDouble() < Broken ? Outcome.Infeasible : Outcome.Completed(value)),
            new Disturbed($"{name}_failed", Function(name), (value, random) => random.NextDouble() < Broken ? Outcome.Failed : Outcome.Completed(value)),
        }),
        SyntheticFunction.Cube("flat4", 4, 0, 1, _ => 1, 1),
        Scaled("hartmann6_1e-9", 1e-9), Scaled("hartmann6_1e9", 1e9),
        SyntheticFunction.Cube("rosenbrock4_border", 4, -5, 1, Formulas.Rosenbrock, 0),
        SyntheticFunction.Cube("levy6_border", 6, 1, 10, Formulas.Levy, 0),
        new Disturbed("hartmann6_twice", Function("hartmann6"), (value, _) => Outcome.Completed(value), copies: 2),
        new Disturbed("levy6_twice", Function("levy6"), (value, _) => Outcome.Completed(value), copies: 2),
    ];

    private static Disturbed Noisy(string name, double range) =>
        new($"{name}_noisy", Function(name), (value, random) => Outcome.Completed(value + Noise * range * random.NextNormal()));

    private static Disturbed Scaled(string name, double factor) => new(name, Function("hartmann6"), (value, _) => Outcome.Completed(factor * value));

    private static SyntheticFunction Function(string name) => SyntheticFunctions.All.Single(f => f.Name == name);
}
