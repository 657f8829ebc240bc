using HpoService.Search.Quality;

namespace HpoService.Search.Tests.Quality;

public sealed class SyntheticFunctionsTests
{
    private static readonly Dictionary<string, double[]> Minimisers = new()
    {
        ["branin"] = [Math.PI, 2.275],
        ["hartmann3"] = [0.114614, 0.555649, 0.852547],
        ["hartmann6"] = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573],
        ["rosenbrock4"] = [1, 1, 1, 1],
        ["rosenbrock10"] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        ["levy6"] = [1, 1, 1, 1, 1, 1],
        ["michalewicz5"] = [2.202906, 1.570796, 1.284992, 1.923058, 1.720470],
        ["styblinskitang6"] = [-2.903534, -2.903534, -2.903534, -2.903534, -2.903534, -2.903534],
        ["shekel4"] = [4.00074686, 3.99950947, 4.00074686, 3.99950947],
        ["schwefel4"] = [420.968746, 420.968746, 420.968746, 420.968746],
    };

    [Fact]
    public void Every_function_has_its_known_minimum_at_its_known_place()
    {
        foreach (var f in SyntheticFunctions.All)
        {
            var half = (f.Bounds[0].High - f.Bounds[0].Low) / 2;
            var at = Minimisers.GetValueOrDefault(f.Name) ?? [.. f.Bounds.Select((_, i) => ((0.1 + 0.61803398875 * (i + 1)) % 1 * 0.6 - 0.3) * 2 * half)];
            Assert.All(at.Zip(f.Bounds), p => Assert.InRange(p.First, p.Second.Low, p.Second.High));
            Assert.True(Math.Abs(f.Value(at) - f.Minimum) < 1e-4, $"{f.Name}: {f.Value(at)}, expected {f.Minimum}.");
        }
    }
}
