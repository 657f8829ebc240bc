using HpoService.Bench.Problems;
using HpoService.Bench.Problems.Bbob;
using HpoService.Bench.Tests.Golden;
using HpoService.Search;
using HpoService.Search.Spaces;

namespace HpoService.Bench.Tests.Problems;

public sealed class BbobTests
{
    // Relative to the value. The largest is 7.5e-13: of function 19, which takes cosines of numbers up to millions; that of most is below 1e-13.
    private const double Tolerance = 1e-11;

    private static readonly IReadOnlyList<string[]> Rows = GoldenFile.ReadRows("bbob.tsv");

    public static TheoryData<int> Functions => [.. Enumerable.Range(1, 24)];

    private static Formula Named(string name) => Assert.IsAssignableFrom<Formula>(Assert.Single(new Catalog(null).Select([name])));

    private static ParameterValues Point(IEnumerable<double> x) => new(x.Select((v, i) => KeyValuePair.Create($"x{i + 1}", (ParameterValue)v)));

    [Theory, MemberData(nameof(Functions))]
    public void It_has_COCOs_values_and_smallest_value_in_every_instance_and_dimension(int function)
    {
        var rows = Rows.Where(row => int.Parse(row[0]) == function).ToList();
        Assert.Equal(45, rows.Count);
        foreach (var row in rows)
        {
            var problem = Named($"bbob/f{function:00}-i{row[1]}-d{row[2]}");
            var point = Point(row[3].Split(' ').Select(double.Parse));
            Assert.Empty(problem.Space.Violations(point));
            var expected = double.Parse(row[4]);
            var error = Math.Abs(problem.Truth(point) - expected) / Math.Abs(expected);
            Assert.True(error <= Tolerance, $"{problem.Name} at {row[3]}: {expected} must be met, but got {problem.Truth(point)}, an error of {error:G2}.");
            Assert.Equal(double.Parse(row[5]), problem.Minimum, 1e-12);
        }
    }

    // The others have their optimum elsewhere.
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(6), InlineData(7), InlineData(10), InlineData(11), InlineData(13), InlineData(14)]
    [InlineData(15), InlineData(16), InlineData(17), InlineData(23)]
    public void It_is_smallest_at_the_optimum_that_its_seed_draws(int function) =>
        Assert.Equal(0, BbobFunctions.Excess(function, 2, 7)(BbobRandom.Optimum(7, function + 20_000)), 1e-9);

    [Theory, MemberData(nameof(Functions))]
    public void No_point_is_below_its_smallest_value(int function)
    {
        var problem = Named($"bbob/f{function:00}-i1-d2");
        for (var number = 0; number < 1000; number++)
        {
            var random = new KeyedRandom(function, number);
            Assert.True(problem.Truth(new UnitCube(problem.Space).Decode([random.NextDouble(), random.NextDouble()])) >= problem.Minimum);
        }
    }

    [Fact]
    public void The_group_has_the_first_instances_in_five_dimensions_and_others_can_be_named_after_them()
    {
        var names = new Catalog(null).Select(["bbob/f03-i2-d40", "bbob", "bbob/f24-i1-d5", "branin", "bbob/f03-i2-d40"]).Select(p => p.Name).ToList();
        Assert.Equal(["branin", .. Enumerable.Range(1, 24).Select(f => $"bbob/f{f:00}-i1-d5"), "bbob/f03-i2-d40"], names);
        Assert.Equal("bbob", new Catalog(null).GroupOf(Named("bbob/f03-i2-d40")));
        Assert.Equal(40, Named("bbob/f03-i2-d40").Space.Parameters.Count);
    }

    [Theory]
    [InlineData("bbob/f25-i1-d5")]
    [InlineData("bbob/f00-i1-d5")]
    [InlineData("bbob/f1-i1-d5")]
    [InlineData("bbob/f01-i0-d5")]
    [InlineData("bbob/f01-i1-d1")]
    [InlineData("bbob/f01-i1-d05")]
    [InlineData("bbob/")]
    public void A_function_instance_or_dimension_that_is_not_there_is_refused(string name) =>
        Assert.Contains(name, Assert.Throws<HpoException>(() => new Catalog(null).Select([name])).Message);
}
