using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Tests.Spaces;

public sealed class ParameterConstraintTests
{
    private static readonly SearchSpace Space = new(
    [
        new FloatParameter("a", 0, 10), new FloatParameter("b", 0, 10), new IntParameter("learning rate", 1, 9), new OrdinalParameter("o", [1, 2, 4]),
        new CategoricalParameter("kind", ["x"]), new CategoricalParameter("size", [8.0, 4.0]), new BooleanParameter("flag"), new FloatParameter("c", 0, 1, when: new Condition("flag", [true])),
    ]);

    private static ParameterValues Values(double a, double b) =>
        new([new("a", a), new("b", b), new("learning rate", 3), new("o", 4), new("kind", "x"), new("size", 4), new("flag", false)]);

    [Theory]
    [InlineData("a >= b", 2, 1, true)]
    [InlineData("a >= b", 1, 2, false)]
    [InlineData("a>=b", 1, 1, true)]
    [InlineData("a > b", 1, 1, false)]
    [InlineData("a + 2 * b <= 5", 1, 2, true)]
    [InlineData("(a + 2) * b <= 5", 1, 2, false)]
    [InlineData("a - b - 1 == 0", 3, 2, true)]
    [InlineData("a / b / 2 == 1", 8, 4, true)]
    [InlineData("-a < -b", 2, 1, true)]
    [InlineData("2 - -a == 3", 1, 0, true)]
    [InlineData("a + b <= 0.3", 0.1, 0.2, true)]
    [InlineData("a + b < 0.3", 0.1, 0.2, false)]
    [InlineData("a / b > 0", 1, 0, false)]
    [InlineData("a / b != 1", 1, 0, true)]
    [InlineData("a < 1 or b < 1", 5, 0, true)]
    [InlineData("a < 1 and b < 1", 5, 0, false)]
    [InlineData("not a < 1", 5, 0, true)]
    [InlineData("a < 1 or b < 1 and b > 5", 0, 0, true)]
    [InlineData("(a < 1 or b < 1) and b > 5", 0, 0, false)]
    [InlineData("`learning rate` * 1e-1 <= a", 1, 0, true)]
    [InlineData("o != 4", 0, 0, false)]
    [InlineData("c >= 5", 0, 0, true)] // c is inactive
    [InlineData("a % b == 0", 6, 3, true)]
    [InlineData("a % b == 0", 6, 4, false)]
    [InlineData("-a % b == 2", 1, 3, true)]
    [InlineData("2 * a % b == 1", 5, 3, true)]
    [InlineData("a % b == 0", 6, 0, false)]
    [InlineData("a % b == 0", 0.3, 0.1, true)]
    [InlineData("a % b == 0", 0.7, 0.1, true)]
    [InlineData("-a % b == 0", 0.7, 0.1, true)]
    [InlineData("(a + b) % b == 0", 0.7, 0.1, true)]
    [InlineData("a % b == 0", 0.35, 0.1, false)]
    [InlineData("a % b < 0.06", 0.35, 0.1, true)]
    [InlineData("a * 8999999999999998 % 8999999999999999 > 1", 1, 0, true)]
    [InlineData("a % -b == -2", 1, 3, true)]
    [InlineData("a % b == 1.5", 1.5, 3, true)]
    [InlineData("kind == 'x'", 0, 0, true)]
    [InlineData("kind != 'x' or a > b", 1, 2, false)]
    [InlineData("kind != 'x' or a > b", 2, 1, true)]
    [InlineData("flag == 'false' and a < b", 1, 2, true)]
    [InlineData("not flag == 'false'", 1, 2, false)]
    [InlineData("size >= a", 3, 0, true)]
    [InlineData("size >= a", 5, 0, false)]
    public void It_holds_or_not(string text, double a, double b, bool holds)
    {
        var space = Space.Constrained([text]);
        Assert.Equal(holds, space.Admits(Values(a, b)));
        Assert.Equal(holds, space.Violations(Values(a, b)).Count == 0);
    }

    [Theory]
    [InlineData("a", "a constraint must compare, such as 'a <= b', but got 'a'.")]
    [InlineData("a >=", "a constraint must have a name, a number or '(' at column 5, but got 'the end'.")]
    [InlineData("a >= b c", "a constraint must have an operator or its end at column 8, but got 'c'.")]
    [InlineData("(a >= b", "a constraint must have ')' at column 8, but got 'the end'.")]
    [InlineData("a >= 1 >= b", "a constraint must have an operator or its end at column 8, but got '>='.")]
    [InlineData("a = b", "a constraint must have a name, a number, an operator or a parenthesis at column 3, but got '='.")]
    [InlineData("a and b", "'and' at column 3 must join comparisons, but got a number.")]
    [InlineData("(a < b) + 1 > 0", "'+' at column 9 must stand between numbers, but got a comparison.")]
    [InlineData("a < 1e999", "a constraint must have a finite number at column 5, but got '1e999'.")]
    [InlineData("a < z", "every name in a constraint must be a parameter, but got 'z'.")]
    [InlineData("kind < 1", "every parameter in a constraint must be numeric, but got 'kind'.")]
    [InlineData("kind == 'y'", "every text in a constraint must be a value of its parameter, but got 'y' for 'kind'.")]
    [InlineData("a == 'x'", "every text in a constraint must be a value of its parameter, but got 'x' for 'a'.")]
    [InlineData("kind < 'x'", "'<' at column 6 must be == or != after a name where a text follows, but got 'x'.")]
    [InlineData("a + b == 'x'", "'==' at column 7 must be == or != after a name where a text follows, but got 'x'.")]
    [InlineData("'x' == kind", "a constraint must have a name, a number or '(' at column 1, but got 'x'.")]
    [InlineData("kind == 'x", "a constraint must have a name, a number, an operator or a parenthesis at column 9, but got '''.")]
    [InlineData("1 < 2", "a constraint must name a parameter, but got '1 < 2'.")]
    [InlineData("", "1 <= constraint length <= 1000 must hold, but got 0.")]
    public void A_mistake_is_named_with_its_place(string text, string message)
    {
        var error = Assert.Throws<InvalidSearchSpaceException>(() => Space.Constrained(["a < b", text]));
        Assert.Equal(("/1", message), (Assert.Single(error.Violations).Pointer, error.Message));
    }

    [Fact]
    public void Deep_nesting_is_refused_not_a_crash()
    {
        Assert.Throws<InvalidSearchSpaceException>(() => new ParameterConstraint(new string('(', 900)));
        Assert.Throws<InvalidSearchSpaceException>(() => new ParameterConstraint($"{new string('-', 900)}a < 1"));
        Assert.Throws<InvalidSearchSpaceException>(() => new ParameterConstraint($"{string.Concat(Enumerable.Repeat("not ", 200))}a < 1"));
    }

    [Fact]
    public void A_point_that_breaks_one_is_told_the_rule_and_its_values()
    {
        var violation = Assert.Single(Space.Constrained(["a + b >= o"]).Violations(Values(1, 2)));
        Assert.Equal(("", "a + b >= o must hold, but got a = 1, b = 2, o = 4."), (violation.Pointer, violation.Message));
    }

    [Fact]
    public void Of_a_partial_point_only_what_is_decided_is_judged()
    {
        var space = Space.Constrained(["a >= b"]);
        Assert.Empty(space.ViolationsOfPartial(new([new("b", 9)])));
        Assert.Single(space.ViolationsOfPartial(new([new("a", 1), new("b", 9)])));
    }

    [Fact]
    public void A_partial_point_is_filled_so_that_every_constraint_holds()
    {
        var space = Space.Constrained(["a >= b"]);
        for (var number = 0; number < 20; number++)
        {
            var filled = PartialPoint.Fill(space, new([new("b", 9)]), Values(1, 2), 7, number)!;
            Assert.Equal(9, filled["b"].Number);
            Assert.Empty(space.Violations(filled));
        }

        Assert.Null(PartialPoint.Fill(space.Constrained(["a > b + 1"]), new([new("b", 9.5)]), Values(1, 2), 7, 0));
    }

    [Fact]
    public void A_space_without_a_point_has_no_anchor()
    {
        Assert.Null(Space.Constrained(["a > b", "b > a"]).Anchor);
        Assert.Empty(Space.Constrained(["a >= b"]).Violations(Space.Constrained(["a >= b"]).Anchor!));
    }
}
