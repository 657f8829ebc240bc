using HpoService.Search.Importance;
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Importance;

/// <summary>Against functions whose shares are known in closed form. Points are seeded, so no test fails by chance.</summary>
public sealed class FunctionalAnovaTests
{
    private static readonly SearchSpace Three = new([Unit("a"), Unit("b"), Unit("c")]);

    [Fact]
    public void A_sum_s_shares_are_the_squares_of_its_factors()
    {
        var shares = Of(Three, 600, p => 3 * p["a"].Number + p["b"].Number);
        Close([0.9, 0.1, 0], shares.Main, 0.02);
        Assert.InRange(shares.Interactions, 0, 0.02);
    }

    [Fact]
    public void Ishigami_s_function_has_its_Sobol_indices()
    {
        // Ishigami and Homma 1990, a = 7, b = 0.1: S = 0.3139, 0.4424, 0; the rest is the interaction of the first and the third.
        var shares = Of(Three, 2000, p =>
        {
            var (a, b, c) = (Angle(p["a"]), Angle(p["b"]), Angle(p["c"]));
            return Math.Sin(a) + 7 * Math.Pow(Math.Sin(b), 2) + 0.1 * Math.Pow(c, 4) * Math.Sin(a);
        });
        Close([0.3139, 0.4424, 0], shares.Main, 0.05);
        Assert.Equal(0.2437, shares.Interactions, 0.05);

        static double Angle(ParameterValue value) => Math.PI * (2 * value.Number - 1);
    }

    [Fact]
    public void Sobol_s_g_function_has_its_indices()
    {
        // Sobol 1990: S_i ∝ 1 / (3 (1 + a_i)²), over ∏ (1 + that) − 1.
        double[] a = [0, 1, 4.5, 9];
        var space = new SearchSpace([.. a.Select((_, i) => Unit($"x{i}"))]);
        var parts = a.Select(x => 1 / (3 * (1 + x) * (1 + x))).ToArray();
        var total = parts.Aggregate(1.0, (product, part) => product * (1 + part)) - 1;
        var shares = Of(space, 2000, p => a.Select((x, i) => (Math.Abs(4 * p[$"x{i}"].Number - 2) + x) / (1 + x)).Aggregate((x, y) => x * y));
        Close([.. parts.Select(part => part / total)], shares.Main, 0.04);
    }

    [Fact]
    public void Choices_have_no_order()
    {
        // Values 0, 5, 1, 4 by choice: variance 4.25; b adds 12 / 12.
        var space = new SearchSpace([new CategoricalParameter("choice", ["w", "x", "y", "z"]), Unit("b")]);
        var values = new Dictionary<string, double> { ["w"] = 0, ["x"] = 5, ["y"] = 1, ["z"] = 4 };
        Close([4.25 / 5.25, 1 / 5.25], Of(space, 500, p => values[p["choice"].Text] + Math.Sqrt(12) * p["b"].Number).Main, 0.02);
    }

    [Fact]
    public void A_conditional_parameter_counts_where_it_is_active()
    {
        // f = momentum with sgd, 0 without: V = 1/6 − 1/16, V of the choice 1/16, V of momentum alone 1/48.
        var space = new SearchSpace([new CategoricalParameter("optimizer", ["sgd", "adam"]), Unit("momentum", new Condition("optimizer", ["sgd"])), Unit("noise")]);
        var shares = Of(space, 1000, p => p.TryGetValue("momentum", out var momentum) ? momentum.Number : 0);
        Close([0.6, 0.2, 0], shares.Main, 0.03);
        Assert.Equal(0.2, shares.Interactions, 0.03);
    }

    [Fact]
    public void Influence_is_measured_on_the_parameter_s_scale()
    {
        var space = new SearchSpace([new FloatParameter("rate", 1e-6, 1, Scale.Log), new IntParameter("width", 16, 1024, Scale.Log), new IntParameter("layers", 1, 3)]);
        var shares = Of(space, 600, p => Math.Log(p["rate"].Number) / Math.Log(1e6) + Math.Log(p["width"].Number) / Math.Log(64) + (p["layers"].Number - 2) / Math.Sqrt(8));
        Close([1 / 3.0, 1 / 3.0, 1 / 3.0], shares.Main, 0.03); // (1/12, about 1/12, 2/3/8)
    }

    [Fact]
    public void From_thirty_noisy_trials_the_one_that_matters_stands_out_among_ten()
    {
        var space = new SearchSpace([.. Enumerable.Range(0, 10).Select(i => Unit($"x{i}"))]);
        var noise = new RandomStream(3, 0);
        var shares = Of(space, 30, p => p["x4"].Number + 0.1 * noise.NextNormal());
        Assert.True(shares.Main[4] > 0.6, string.Join(' ', shares.Main));
        Assert.All(shares.Main.Where((_, i) => i != 4), share => Assert.InRange(share, 0, 0.1));
    }

    [Fact]
    public void A_diverged_trial_and_huge_numbers_do_not_hide_the_rest()
    {
        var calls = 0;
        Close([0.9, 0.1, 0], Of(Three, 600, p => calls++ == 17 ? 1e308 : 3 * p["a"].Number + p["b"].Number).Main, 0.03);
        Close([0.9, 0.1, 0], Of(Three, 600, p => 1e307 * (3 * p["a"].Number + p["b"].Number)).Main, 0.03);
    }

    [Fact]
    public void Same_seed_same_shares_and_all_of_them_sum_to_one()
    {
        double F(ParameterValues p) => p["a"].Number * p["b"].Number;
        var (first, second, other) = (Of(Three, 200, F), Of(Three, 200, F), Of(Three, 200, F, seed: 8));
        Assert.Equal(first.Main, second.Main);
        Assert.Equal(first.Interactions, second.Interactions);
        Assert.NotEqual(first.Main, other.Main);
        Assert.Equal(1, first.Main.Sum() + first.Interactions, 1e-12);
    }

    [Fact]
    public void Of_many_trials_an_even_part_is_used()
    {
        var shares = Of(Three, 5000, p => 3 * p["a"].Number + p["b"].Number);
        Assert.Equal(FunctionalAnova.MaxTrials, shares.Trials);
        Close([0.9, 0.1, 0], shares.Main, 0.01);
    }

    [Fact]
    public void Nothing_is_said_of_too_few_trials_or_of_equal_values()
    {
        Assert.Null(Run(Three, 3, p => p["a"].Number, 7));
        Assert.Null(Run(Three, 50, _ => 0.5, 7));
        Assert.Null(Run(Three, 0, _ => 0.5, 7));
    }

    private static FloatParameter Unit(string name, Condition? when = null) => new(name, 0, 1, when: when);

    private static VarianceShares Of(SearchSpace space, int count, Func<ParameterValues, double> f, long seed = 7)
    {
        var shares = Run(space, count, f, seed);
        Assert.NotNull(shares);
        return shares;
    }

    private static VarianceShares? Run(SearchSpace space, int count, Func<ParameterValues, double> f, long seed)
    {
        var cube = new UnitCube(space);
        var points = Enumerable.Range(0, count).Select(i =>
        {
            var random = new RandomStream(99, i);
            return cube.Decode([.. space.Parameters.Select(_ => random.NextDouble())]);
        }).ToList();
        var coordinates = points.ConvertAll(p => space.Parameters.Select(q => p.TryGetValue(q.Name, out var value) ? UnitCube.Encode(q, value) : double.NaN).ToArray());
        return FunctionalAnova.Of(space, coordinates, points.ConvertAll(p => f(p)), seed, default);
    }

    private static void Close(double[] expected, IReadOnlyList<double> actual, double tolerance) =>
        Assert.True(expected.Zip(actual).All(p => Math.Abs(p.First - p.Second) <= tolerance), $"{string.Join(' ', expected)} expected, but got {string.Join(' ', actual)}");
}
