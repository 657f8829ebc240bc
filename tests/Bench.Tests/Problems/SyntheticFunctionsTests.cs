using HpoService.Bench.Problems;
using HpoService.Bench.Tests.Golden;

namespace HpoService.Bench.Tests.Problems;

public sealed class SyntheticFunctionsTests
{
    private static readonly Dictionary<string, double[]> Minimisers = new()
    {
        ["branin"] = [Math.PI, 2.275],
        ["hartmann3"] = [0.114614, 0.555649, 0.852547],
        ["hartmann6"] = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573],
        ["michalewicz5"] = [2.202906, 1.570796, 1.284992, 1.923058, 1.720470],
        ["styblinskitang6"] = [-2.903534, -2.903534, -2.903534, -2.903534, -2.903534, -2.903534],
        ["shekel4"] = [4.00074686, 3.99950947, 4.00074686, 3.99950947],
        ["schwefel4"] = [420.968746, 420.968746, 420.968746, 420.968746],
    };

    private sealed record Golden(double[] Point, double Value);

    public static TheoryData<string> Names => [.. Functions.Select(f => f.Name)];

    private static IEnumerable<SyntheticFunction> Functions => new Catalog(null).Groups.Values.SelectMany(g => g).OfType<SyntheticFunction>().Where(f => f.Name != "flat4");

    [Theory, MemberData(nameof(Names))]
    public void It_has_its_known_minimum_at_its_known_place(string name)
    {
        var f = Functions.Single(f => f.Name == name);
        // The others have theirs at 0 (Ackley and its like) or 1 (Levy, Rosenbrock), moved or not.
        var centre = name.StartsWith("levy", StringComparison.Ordinal) || name.StartsWith("rosenbrock", StringComparison.Ordinal) ? 1 : 0;
        var moved = name.EndsWith("_s", StringComparison.Ordinal) || name.EndsWith("_hd", StringComparison.Ordinal);
        var at = Minimisers.GetValueOrDefault(name) ?? [.. f.Bounds.Select((b, i) =>
            centre + (moved ? ((0.1 + 0.61803398875 * (i + 1)) % 1 * 0.6 - 0.3) * (b.High - b.Low) : 0))];
        Assert.All(at.Zip(f.Bounds), p => Assert.InRange(p.First, p.Second.Low, p.Second.High));
        Assert.Equal(f.Minimum, f.Value(at), 1e-4);
    }

    [Theory, MemberData(nameof(Names))]
    public void It_agrees_with_an_independent_implementation(string name)
    {
        var golden = GoldenFile.Read<Dictionary<string, Golden>>("functions.json")[name];
        Assert.Equal(golden.Value, Functions.Single(f => f.Name == name).Value(golden.Point), 1e-9 * Math.Abs(golden.Value));
    }
}
