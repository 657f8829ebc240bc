// Notation: k objectives, all to be minimised; f, shape [k] = a point's values; r, shape [k] = the reference point.
using HpoService.Bench.Statistics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Problems;

/// <summary>Several objectives without noise. A search counts the share of the box from 0 to r that its points dominate, larger is better.</summary>
/// <param name="name">As in files of results.</param>
/// <param name="d">Parameters x1, x2, … in [0, 1].</param>
/// <param name="values">f ≥ 0 of a point, shape [d].</param>
/// <param name="reference">r; what is not better than it in every objective counts nothing.</param>
internal sealed class FrontProblem(string name, int d, Func<double[], double[]> values, double[] reference)
    : Problem(name, new SearchSpace([.. Enumerable.Range(1, d).Select(i => new FloatParameter($"x{i}", 0, 1))]), Direction.Maximize, trials: 200)
{
    public override IReadOnlyList<Objective> Objectives { get; } = [.. reference.Select((_, j) => new Objective($"f{j + 1}", Direction.Minimize))];

    public override Outcome Try(ParameterValues point, long seed, int number) => Outcome.Completed(Truth(point));

    public override double Truth(ParameterValues point) => Hypervolume.Share([Values(point)], reference);

    public override IReadOnlyDictionary<string, double> Metrics(ParameterValues point, Outcome outcome) => Values(point).Index().ToDictionary(f => Objectives[f.Index].Metric, f => f.Item);

    public override Func<ParameterValues, Outcome, double> Standing()
    {
        var seen = new List<double[]>();
        return (point, _) =>
        {
            seen.Add(Values(point));
            return Hypervolume.Share(seen, reference);
        };
    }

    private double[] Values(ParameterValues point) => values([.. Space.Parameters.Select(p => point[p.Name].Number)]);
}

/// <summary>The group <c>fronts</c>: two or three objectives, 200 trials.</summary>
/// <remarks>ZDT1 to 3: Zitzler, Deb and Thiele, Evolutionary Computation 8(2), 2000, d = 30. DTLZ2: Deb, Thiele, Laumanns and Zitzler, 2002, d = 12 with three objectives, its optimum
/// moved off the centre, where samplers like to start.</remarks>
internal static class FrontProblems
{
    public static IReadOnlyList<Problem> All { get; } =
    [
        Zdt("zdt1", (f, g) => 1 - Math.Sqrt(f / g)),
        Zdt("zdt2", (f, g) => 1 - f / g * (f / g)),
        Zdt("zdt3", (f, g) => 1 - Math.Sqrt(f / g) - f / g * Math.Sin(10 * Math.PI * f), lift: 1),
        new FrontProblem("dtlz2_s", 12, Dtlz2, [2.5, 2.5, 2.5]),
    ];

    // ZDT3's second objective goes down to -0.78: lifted, so that it counts from 0.
    private static FrontProblem Zdt(string name, Func<double, double, double> h, double lift = 0) => new(name, 30, x =>
    {
        var g = 1 + 9 * x[1..].Average();
        return [x[0], g * h(x[0], g) + lift];
    }, [1.1, 11 + lift]);

    private static double[] Dtlz2(double[] x)
    {
        var radius = 1 + x[2..].Select((v, i) => v - 0.5 - SyntheticFunction.Offset(i)).Sum(v => v * v);
        var (a, b) = (x[0] * Math.PI / 2, x[1] * Math.PI / 2);
        return [radius * Math.Cos(a) * Math.Cos(b), radius * Math.Cos(a) * Math.Sin(b), radius * Math.Sin(a)];
    }
}
