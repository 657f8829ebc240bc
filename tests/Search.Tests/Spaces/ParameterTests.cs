using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Spaces;

public sealed class ParameterTests
{
    public static TheoryData<Func<object>, string, string> Refused => new()
    {
        { () => new FloatParameter("x", 1, 1), "/low", "low < high must hold, both finite, but got [1, 1]." },
        { () => new FloatParameter("x", 2, 1), "/low", "low < high must hold, both finite, but got [2, 1]." },
        { () => new FloatParameter("x", 0, double.PositiveInfinity), "/low", "both finite, but got [0, Infinity]." },
        { () => new FloatParameter("x", double.NaN, 1), "/low", "but got [NaN, 1]." },
        { () => new FloatParameter("x", -double.MaxValue, double.MaxValue), "/low", "high - low must be a number below 1.8e308, but got [-1.7976931348623157E+308, 1.7976931348623157E+308]." },
        { () => new FloatParameter("x", 0, 1, Scale.Log), "/low", "low > 0 must hold on a log scale, but got 0." },
        { () => new FloatParameter("x", 1, 2, Scale.Log, 0.5), "/step", "step needs a linear scale, but got step 0.5 on a log scale." },
        { () => new FloatParameter("x", 0, 1, step: 0.3), "/step", "high = low + k*step must hold for a whole k >= 1, but got low 0, high 1, step 0.3." },
        { () => new FloatParameter("x", 0, 1, step: -0.5), "/step", "but got low 0, high 1, step -0.5." },
        { () => new FloatParameter("x", 0, 1, step: 2), "/step", "but got low 0, high 1, step 2." },
        { () => new IntParameter("x", 3, 3), "/low", "low < high must hold, but got [3, 3]." },
        { () => new IntParameter("x", 0, long.MaxValue), "/high", "-2^53 <= low < high <= 2^53 must hold, but got [0, 9223372036854775807]." },
        { () => new IntParameter("x", 0, 5, Scale.Log), "/low", "low > 0 must hold on a log scale, but got 0." },
        { () => new IntParameter("x", 1, 5, Scale.Log, 2), "/step", "step needs a linear scale, but got step 2 on a log scale." },
        { () => new IntParameter("x", 0, 5, step: 2), "/step", "but got low 0, high 5, step 2." },
        { () => new IntParameter("x", 0, 5, step: 0), "/step", "but got low 0, high 5, step 0." },
        { () => new CategoricalParameter("x", []), "/choices", "1 to 1000 choices must be given, but got 0." },
        { () => new CategoricalParameter("x", ["a", "a"]), "/choices", "choices must be distinct, but got [a, a]." },
        { () => new CategoricalParameter("x", [double.NaN]), "/choices", "choices must be finite, but got [NaN]." },
        { () => new OrdinalParameter("x", [1, 3, 2]), "/values", "numeric values must increase, but got [1, 3, 2]." },
        { () => new BooleanParameter(" "), "/name", "1 <= name length <= 100 must hold and a name must not be blank, but got ' '." },
        { () => new BooleanParameter(new string('x', 101)), "/name", "1 <= name length <= 100 must hold" },
        { () => new Condition("x", []), "/when/in", "in must list at least one value, but got none." },
        { () => new Condition("x", null, null), "/when", "when needs one of in, atLeast, atMost, but got none." },
        { () => new Condition("x", 2, 1), "/when/atLeast", "atLeast <= atMost must hold, but got [2, 1]." },
    };

    [Fact]
    public void A_sum_of_steps_is_put_on_the_grid_and_all_else_stays()
    {
        var space = new SearchSpace([new FloatParameter("x", 0, 0.4, step: 0.1), new FloatParameter("y", 0, 1), new IntParameter("n", 0, 4), new CategoricalParameter("c", ["a", "b"])]);
        ParameterValues given = new([new("c", "b"), new("x", 0.1 + 0.2), new("y", 0.1 + 0.2), new("n", 3), new("other", 0.1 + 0.2)]);
        Assert.Equal(new([new("c", "b"), new("x", 0.3), new("y", 0.1 + 0.2), new("n", 3), new("other", 0.1 + 0.2)]), space.OnGrid(given));
        Assert.Equal(0.4, space.OnGrid(new([new("x", 4 * 0.1)]))["x"].Number);
    }

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_broken_rule_is_named_with_the_values(Func<object> create, string pointer, string message)
    {
        var error = Assert.Throws<InvalidSearchSpaceException>(create);
        Assert.Equal(pointer, Assert.Single(error.Violations).Pointer);
        Assert.Contains(message, error.Message);
    }

    public static TheoryData<Parameter, ParameterValue, string?> Values => new()
    {
        { new FloatParameter("x", 0, 1), 0.5, null },
        { new FloatParameter("x", 0, 1), 1.5, "0 <= x <= 1 must hold, but got 1.5." },
        { new FloatParameter("x", 0, 1), double.NaN, "0 <= x <= 1 must hold, but got NaN." },
        { new FloatParameter("x", 0, 1), "high", "x must be a number, but got Text 'high'." },
        { new FloatParameter("x", 0, 1, step: 0.1), 0.30000000000000004, null },
        { new FloatParameter("x", 0, 1, step: 0.1), 0.35, "x must be 0 + k*0.1, but got 0.35." },
        { new IntParameter("x", 1, 9, step: 4), 5, null },
        { new IntParameter("x", 1, 9, step: 4), 4, "x must be 1 + k*4, but got 4." },
        { new IntParameter("x", 1, 9), 1.5, "x must be a whole number, but got Number '1.5'." },
        { new IntParameter("x", 1, 9), 10, "1 <= x <= 9 must hold, but got 10." },
        { new CategoricalParameter("x", ["a", 1, true]), true, null },
        { new CategoricalParameter("x", ["a", 1, true]), "true", "x must be one of [a, 1, true], but got Text 'true'." },
        { new BooleanParameter("x"), 1, "x must be one of [false, true], but got Number '1'." },
    };

    [Theory, MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void A_value_is_judged_by_its_parameter(Parameter parameter, ParameterValue value, string? violation) =>
        Assert.Equal(violation, parameter.Violation(value));

    [Fact]
    public void Stepped_floats_print_as_a_person_wrote_them()
    {
        var p = new FloatParameter("x", 0, 1, step: 0.1);
        Assert.Equal(["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"], Enumerable.Range(0, 11).Select(k => ((ParameterValue)p.AtStep(k)).ToString()));
        Assert.Equal(11, p.Cardinality);
    }

    [Theory]
    [InlineData(1e9, 1e9 + 1, 1.0 / 1024)]
    [InlineData(1048576, 1048576 + 100.0 / (1L << 32), 1.0 / (1L << 32))]
    [InlineData(1e10, 1e10 + 1, 0.1)]
    [InlineData(-1e12, -1e12 + 30, 0.3)]
    [InlineData(0.0, 3.0, 0.3)]
    [InlineData(-1e-9, 1e-9, 1e-12)]
    public void Steps_far_from_zero_are_distinct_values_of_the_range(double low, double high, double step)
    {
        var p = new FloatParameter("x", low, high, step: step);
        double[] values = [.. Enumerable.Range(0, (int)p.Cardinality!.Value).Select(k => p.AtStep(k))];
        Assert.Equal(values.Length, values.Distinct().Count());
        Assert.All(values, value => Assert.Null(p.Violation(value)));
        Assert.All(values.Index(), v => Assert.Equal(low + v.Index * (high - low) / (values.Length - 1), v.Item, Math.Max(1e-9 * step, 1.01 * (Math.BitIncrement(Math.Max(Math.Abs(low), Math.Abs(high))) - Math.Max(Math.Abs(low), Math.Abs(high))))));
        var cube = new UnitCube(new SearchSpace([p]));
        Assert.All(values, value => Assert.Equal(value, cube.Decode(cube.Encode(new ParameterValues([new("x", value)])))["x"].Number));
    }

    [Fact]
    public void Steps_of_the_widest_whole_numbers_are_judged_exactly()
    {
        const long low = -9007199254740992;
        var p = new IntParameter("x", low, 9007199254740988, step: 3);
        for (var k = 0L; k < p.Cardinality; k += 123_456_789_012_345)
        {
            Assert.Null(p.Violation(low + 3 * k));
            Assert.Equal(k == 0 || low + 3 * k + 1 > 9007199254740988 ? p.Violation(low + 3 * k + 1) : $"x must be {low} + k*3, but got {(ParameterValue)(low + 3 * k + 1)}.", p.Violation(low + 3 * k + 1));
        }
    }
}
