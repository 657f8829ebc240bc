namespace HpoService.Bench.Problems;

/// <summary>The group <c>highdim</c>: 20 and 50 dimensions, moved off the centre, 200 trials.</summary>
internal static class HighDimensionalProblems
{
    private const int Trials = 200;

    public static IReadOnlyList<Problem> All { get; } =
    [
        .. new[] { 20, 50 }.SelectMany(d => new[]
        {
            SyntheticFunction.Moved($"ackley{d}_hd", d, -32.768, 32.768, Formulas.Ackley, trials: Trials),
            SyntheticFunction.Moved($"rosenbrock{d}_hd", d, -5, 10, Formulas.Rosenbrock, trials: Trials),
            SyntheticFunction.Moved($"levy{d}_hd", d, -10, 10, Formulas.Levy, trials: Trials),
        }),
    ];
}
