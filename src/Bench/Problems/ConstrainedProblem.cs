// Notation: x, shape [d] = a point; g, shape [m] = its constraints' values, feasible where all are ≤ 0.
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Problems;

/// <summary>A function to be minimised where constraints hold. A search counts feasible trials only.</summary>
/// <param name="name">As in files of results.</param>
/// <param name="space">Numbers x1, x2, …</param>
/// <param name="value">The function.</param>
/// <param name="constraints">g of a point.</param>
/// <param name="isReported">Whether a trial reports g, as metrics g1, g2, …; otherwise one that is not feasible ends without any value.</param>
internal sealed class ConstrainedProblem(string name, SearchSpace space, Func<double[], double> value, Func<double[], double[]> constraints, bool isReported = true) : Problem(name, space)
{
    public override IReadOnlyList<OutcomeConstraint> Constraints { get; } =
        isReported ? [.. constraints(new double[space.Parameters.Count]).Select((_, j) => new OutcomeConstraint($"g{j + 1}", upperBound: 0))] : [];

    public override Outcome Try(ParameterValues point, long seed, int number) =>
        constraints(X(point)).All(g => g <= 0) ? Outcome.Completed(Truth(point)) : isReported ? new Outcome(TrialState.Infeasible, Truth(point)) : Outcome.Infeasible;

    public override double Truth(ParameterValues point) => value(X(point));

    public override IReadOnlyDictionary<string, double> Metrics(ParameterValues point, Outcome outcome) =>
        Constraints.Zip(constraints(X(point)), (c, g) => (c.Metric, g)).Append((Objective.Metric, outcome.Value)).ToDictionary();

    private double[] X(ParameterValues point) => [.. Space.Parameters.Select(p => point[p.Name].Number)];
}

/// <summary>The group <c>constrained</c>: optima at the edge of what is feasible, small feasible regions, and trials that end without a value.</summary>
/// <remarks>gardner1 and 2: Gardner et al. (ICML 2014). gramacy: Gramacy et al. (Technometrics 58(1), 2016). hartmann6_norm: Letham et al. (Bayesian Analysis 14(2), 2019). ackley5_half: as
/// in Eriksson and Poloczek (AISTATS 2021), d = 5. spring, vessel: Coello (Computers in Industry 41(2), 2000).</remarks>
internal static class ConstrainedProblems
{
    public static IReadOnlyList<Problem> All { get; } =
    [
        new ConstrainedProblem("gardner1", Cube(2, 0, 6), x => Math.Cos(2 * x[0]) * Math.Cos(x[1]) + Math.Sin(x[0]), x => [Math.Cos(x[0] + x[1]) - 0.5]),
        new ConstrainedProblem("gardner2", Cube(2, 0, 6), x => Math.Sin(x[0]) + x[1], x => [Math.Sin(x[0]) * Math.Sin(x[1]) + 0.95]),
        new ConstrainedProblem("gramacy", Cube(2, 0, 1), x => x[0] + x[1],
            x => [1.5 - x[0] - 2 * x[1] - 0.5 * Math.Sin(2 * Math.PI * (x[0] * x[0] - 2 * x[1])), x[0] * x[0] + x[1] * x[1] - 1.5]),
        new ConstrainedProblem("hartmann6_norm", Cube(6, 0, 1), Formulas.Hartmann6, x => [x.Sum(v => v * v) - 1]),
        new ConstrainedProblem("ackley5_half", Cube(5, -5, 10), Formulas.Ackley, x => [x.Sum(), Math.Sqrt(x.Sum(v => v * v)) - 5]),
        new ConstrainedProblem("spring", Box((0.05, 2), (0.25, 1.3), (2, 15)), x => (x[2] + 2) * x[1] * x[0] * x[0], Spring),
        new ConstrainedProblem("vessel", new([new IntParameter("x1", 1, 99), new IntParameter("x2", 1, 99), new FloatParameter("x3", 10, 200), new FloatParameter("x4", 10, 200)]), VesselCost, Vessel),
        new ConstrainedProblem("branin_crash", Box((-5, 10), (0, 15)), Formulas.Branin, x => [Math.Pow(x[0] - 2.5, 2) + Math.Pow(x[1] - 7.5, 2) - 50], isReported: false),
        new ConstrainedProblem("hartmann6_crash", Cube(6, 0, 1), Formulas.Hartmann6, x => [x.Sum(v => v * v) - 1], isReported: false),
        new ConstrainedProblem("levy4_crash", Cube(4, -10, 10), Formulas.Levy, x => [x[0] - 1], isReported: false),
    ];

    private static SearchSpace Cube(int d, double low, double high) => Box([.. Enumerable.Repeat((low, high), d)]);

    private static SearchSpace Box(params (double Low, double High)[] bounds) => new([.. bounds.Select((b, i) => new FloatParameter($"x{i + 1}", b.Low, b.High))]);

    // A wire of diameter d, a coil of diameter D, N active coils.
    private static double[] Spring(double[] x)
    {
        var (d, D, n) = (x[0], x[1], x[2]);
        return
        [
            1 - D * D * D * n / (71785 * Math.Pow(d, 4)),
            (4 * D * D - d * D) / (12566 * (D * d * d * d - Math.Pow(d, 4))) + 1 / (5108 * d * d) - 1,
            1 - 140.45 * d / (D * D * n),
            (d + D) / 1.5 - 1,
        ];
    }

    private const double Sixteenth = 0.0625; // of an inch: how thick plates are sold

    private static double VesselCost(double[] x)
    {
        var (shell, head, radius, length) = (Sixteenth * x[0], Sixteenth * x[1], x[2], x[3]);
        return 0.6224 * shell * radius * length + 1.7781 * head * radius * radius + 3.1661 * shell * shell * length + 19.84 * shell * shell * radius;
    }

    private static double[] Vessel(double[] x)
    {
        var (shell, head, radius, length) = (Sixteenth * x[0], Sixteenth * x[1], x[2], x[3]);
        return
        [
            0.0193 * radius - shell, 0.00954 * radius - head, 1_296_000 - Math.PI * radius * radius * length - 4.0 / 3 * Math.PI * radius * radius * radius, length - 240,
        ];
    }
}
