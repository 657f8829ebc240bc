using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Studies;

public sealed class OutcomeConstraintTests
{
    private static Dictionary<string, double> Values(double value) => new() { ["cost"] = value };

    [Theory, InlineData(3, 0), InlineData(2, 0), InlineData(1, 0.5), InlineData(5, 0.25), InlineData(double.PositiveInfinity, double.PositiveInfinity), InlineData(double.NaN, double.NaN)]
    public void Violations_are_in_units_of_the_bound(double value, double expected) => Assert.Equal(expected, new OutcomeConstraint("cost", 2, 4).Violation(Values(value)));

    [Theory, InlineData(-3, 3), InlineData(0, 0)]
    public void Those_of_the_bound_0_are_in_units_of_the_metric(double value, double expected) => Assert.Equal(expected, new OutcomeConstraint("cost", lowerBound: 0).Violation(Values(value)));

    [Fact]
    public void What_was_not_reported_is_neither_kept_nor_broken()
    {
        var constraint = new OutcomeConstraint("cost", 2, 4);
        Assert.Equal(double.NaN, constraint.Violation(new Dictionary<string, double>()));
        Assert.Equal([double.NaN, double.NaN], constraint.Slacks(new Dictionary<string, double>()));
    }

    [Fact]
    public void Slacks_are_below_0_where_a_bound_is_broken() => Assert.Equal([-1, 3], new OutcomeConstraint("cost", 2, 4).Slacks(Values(1)));
}
