using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Sampling.Grid;

public sealed class GridSamplerTests
{
    [Fact]
    public void Both_ends_are_on_the_grid_and_the_rest_evenly_between()
    {
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], Numbers(new FloatParameter("x", 0, 1), 5));
        Assert.Equal([1, 10, 100], Numbers(new FloatParameter("x", 1, 100, Scale.Log), 3).Select(x => Math.Round(x, 9)));
        Assert.Equal([1e-5, 0.3], Numbers(new FloatParameter("x", 1e-5, 0.3, Scale.Log), 2));
        Assert.Equal([0, 50, 100], Numbers(new IntParameter("x", 0, 100), 3));
        Assert.Equal([1, 10, 100, 1000], Numbers(new IntParameter("x", 1, 1000, Scale.Log), 4));
        Assert.Equal([1, 32, 1000], Numbers(new IntParameter("x", 1, 1000, Scale.Log), 3));
        Assert.Equal([0, 0.5, 1], Numbers(new FloatParameter("x", 0, 1, step: 0.05), 3));
    }

    [Fact]
    public void Discrete_parameters_with_few_values_are_complete()
    {
        Assert.Equal([-1, 0, 1, 2], Numbers(new IntParameter("x", -1, 2), 10));
        Assert.Equal([0, 0.5, 1], Numbers(new FloatParameter("x", 0, 1, step: 0.5), 3));
        Assert.Equal([16, 32, 64, 128], Numbers(new OrdinalParameter("x", [16, 32, 64, 128]), 2));
    }

    [Theory]
    [InlineData(1, 12, 10), InlineData(1, 12, 11), InlineData(1, 11, 10), InlineData(3, 40, 20), InlineData(1, 2000, 1000), InlineData(100, 210, 100), InlineData(1, 1L << 53, 1000)]
    public void Whole_numbers_on_a_log_scale_that_round_to_the_same_make_room_for_others(long low, long high, int resolution)
    {
        double[] numbers = [.. Numbers(new IntParameter("x", low, high, Scale.Log), resolution)];
        Assert.Equal(resolution, numbers.Length);
        Assert.Equal((low, high), (numbers[0], numbers[^1]));
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Fact]
    public void A_conditional_grid_has_each_point_once()
    {
        var points = Suggest(TestSpaces.All["finite conditional"], 10);
        Assert.Equal(
            ["{kind: a, a: 1}", "{kind: a, a: 2}", "{kind: a, a: 3}", "{kind: a, a: 4}",
                "{kind: b, b: false}", "{kind: b, b: true, deep: 1}", "{kind: b, b: true, deep: 2}", "{kind: c}"],
            points.Select(p => p.ToString()));
    }

    [Fact]
    public void A_grid_too_large_to_store_starts_at_once() =>
        Assert.Equal(5, SamplerRegistry.Create(new("grid", 1), TestSpaces.All["thirty floats"], [Histories.Minimize])
            .Suggest(Histories.Empty(TestSpaces.All["thirty floats"]), 5, CancellationToken.None).Count);

    [Theory, InlineData(20, 1), InlineData(19, 21), InlineData(18, 211)]
    public void Points_that_constraints_make_rare_are_all_found(int least, int points)
    {
        var names = Enumerable.Range(0, 20).Select(j => $"b{j}").ToList();
        var space = new SearchSpace([.. names.Select(name => new IntParameter(name, 0, 1))]).Constrained([$"{string.Join(" + ", names)} >= {least}"]);
        var found = Suggest(space, 10);
        Assert.Equal(points, found.Distinct().Count());
        Assert.Equal(points, found.Count);
        Assert.All(found, point => Assert.Empty(space.Violations(point)));
    }

    [Fact]
    public void A_rule_over_an_inactive_parameter_hides_no_point()
    {
        // While c is not "a" the rule over x does not apply, whatever y is.
        var space = new SearchSpace([
            new IntParameter("y", 0, 999), new CategoricalParameter("c", ["a", "b"]), new IntParameter("x", 0, 1, when: new Condition("c", ["a"])),
        ]).Constrained(["x >= y + 2", "y <= 500"]);
        var found = Suggest(space, 1000);
        Assert.Equal(501, found.Count);
    }

    [Fact]
    public void A_point_behind_a_thousand_that_are_refused_is_found()
    {
        // Of products nothing can be said ahead while both factors are open.
        var space = new SearchSpace([new IntParameter("a", 1, 70), new IntParameter("b", 1, 70)]).Constrained(["(a - 35) * (b - 35) * (a - b) == -42000 or a * b == 4830"]);
        Assert.Equal(["{a: 69, b: 70}", "{a: 70, b: 69}"], Suggest(space, 100).Select(p => p.ToString()));
    }

    private static IEnumerable<double> Numbers(Parameter parameter, int resolution) =>
        Suggest(new SearchSpace([parameter]), resolution).Select(p => p["x"].Number);

    private static List<ParameterValues> Suggest(SearchSpace space, int resolution)
    {
        using var options = System.Text.Json.JsonDocument.Parse($$"""{"resolution": {{resolution}}}""");
        return [.. SamplerRegistry.Create(new SamplerSettings("grid", 1, options.RootElement), space, [Histories.Minimize])
            .Suggest(Histories.Empty(space), 1000, CancellationToken.None).Select(s => s.Parameters)];
    }
}
