using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Tests.Spaces;

public sealed class OutlookTests
{
    private static readonly SearchSpace Space = new(
    [
        new FloatParameter("x", -1, 2), new FloatParameter("rate", 1e-6, 1e-2, Scale.Log), new IntParameter("width", 1, 100_000), new OrdinalParameter("heads", [2, 3, 4]),
        new CategoricalParameter("kind", ["a", "b"]), new CategoricalParameter("only", ["c"]), new OrdinalParameter("one", [5]), new BooleanParameter("flag"),
    ]);

    private static readonly Dictionary<string, Domain> Domains = Space.Parameters.ToDictionary(p => p.Name, Domain.Of);

    [Theory]
    [InlineData("x <= 2", true, false)]
    [InlineData("x < 2", true, true)]
    [InlineData("x > 2", false, true)]
    [InlineData("x == 2", true, true)]
    [InlineData("x != 3", true, false)]
    [InlineData("rate == 0", false, true)]
    [InlineData("rate == 0 or kind == 'a'", true, true)]
    [InlineData("rate == 0 or only == 'c'", true, false)]
    [InlineData("rate == 0 or only == 'd'", false, true)]
    [InlineData("rate == 0 and x > 5", false, true)]
    [InlineData("not rate > 0", false, true)]
    [InlineData("12 % heads == 0", true, false)]
    [InlineData("10 % heads == 0", true, true)]
    [InlineData("25 % heads == 0", false, true)]
    [InlineData("width % heads == 0", true, true)]
    [InlineData("width % 3 < 3", true, true)] // the bound itself is not known to be missed
    [InlineData("width % 3 <= 3", true, false)]
    [InlineData("one + x <= 7", true, false)]
    [InlineData("one * x < -6", false, true)]
    [InlineData("x / heads <= 1", true, false)]
    [InlineData("heads / x <= 1", true, true)] // x may be 0
    [InlineData("1 / (x - x) > 0", true, true)]
    [InlineData("one / 0 > 1", true, true)]
    [InlineData("-x >= -2", true, false)]
    [InlineData("flag == 'true' or flag == 'false'", true, false)]
    [InlineData("flag == 'maybe'", false, true)]
    public void What_can_hold_and_what_can_fail_is_known(string text, bool canHold, bool canFail) =>
        Assert.Equal((canHold, canFail), Outlook.Of(new ParameterConstraint(text).Expression, Domains));

    // Whatever random points show must have been said to be possible; seeded, so it fails always or never.
    [Fact]
    public void No_point_is_other_than_was_said_and_what_is_left_of_a_rule_says_the_same()
    {
        var (stream, cube) = (new RandomStream(5, 0), new UnitCube(Space));
        string[] numbers = ["x", "rate", "width", "heads", "one", "3", "0.5"], texts = ["kind == 'a'", "only != 'c'", "flag == 'true'", "kind != 'b'"];
        for (var round = 0; round < 300; round++)
        {
            var expression = Parser.Parse(Truth(3));
            var (canHold, canFail) = Outlook.Of(expression, Domains);
            var left = Reduction.Of(expression, Domains);
            if (left is not Expression.Constant)
                Assert.Equal(left, Parser.Parse(Reduction.Text(left)));
            for (var i = 0; i < 50; i++)
            {
                var values = cube.Decode([.. Enumerable.Range(0, cube.Dimensions).Select(_ => stream.NextDouble())]);
                var holds = expression.At(values) != 0;
                Assert.True(holds ? canHold : canFail, $"{Reduction.Text(expression)} at {values}");
                Assert.Equal(holds, left.At(values) != 0);
            }
        }

        string Truth(int depth) => Pick(depth == 0 ? 2 : 5) switch
        {
            0 => texts[Pick(texts.Length)],
            1 => $"{Sum(2)} {new[] { "<=", "<", ">=", ">", "==", "!=" }[Pick(6)]} {Sum(2)}",
            2 => $"({Truth(depth - 1)} and {Truth(depth - 1)})",
            3 => $"({Truth(depth - 1)} or {Truth(depth - 1)})",
            _ => $"not ({Truth(depth - 1)})",
        };
        string Sum(int depth) => depth == 0 || Pick(3) == 0 ? numbers[Pick(numbers.Length)] : Pick(6) == 0 ? $"-({Sum(depth - 1)})" : $"({Sum(depth - 1)} {"+-*/%"[Pick(5)]} {Sum(depth - 1)})";
        int Pick(int n) => Math.Min(n - 1, (int)(stream.NextDouble() * n));
    }

    [Theory]
    [InlineData("optimizer != 'newton' and optimizer != 'lbfgs' or decay == 0", "optimizer != 'lbfgs' or decay == 0")]
    [InlineData("width % heads == 0", "width % 4 == 0")]
    [InlineData("(width + heads) * 2 <= decay + 20 or heads == 3", "(width + 4) * 2 <= decay + 20")]
    [InlineData("width - (heads - decay) - 1 > -heads", "width - (4 - decay) - 1 > -4")]
    [InlineData("not (width > 6 and `model kind` == 'a b')", "not (width > 6 and `model kind` == 'a b')")]
    [InlineData("heads > 3", null)]
    public void What_is_decided_anyway_is_left_out(string text, string? left)
    {
        var domains = new Dictionary<string, Domain>
        {
            ["optimizer"] = Domain.Of(["adam", "lbfgs"]), ["decay"] = Domain.Of(new FloatParameter("decay", 0, 1)), ["width"] = Domain.Of(new IntParameter("width", 1, 9)),
            ["heads"] = Domain.Of((ParameterValue)4), ["model kind"] = Domain.Of(["a b", "c"]),
        };
        var reduced = Reduction.Of(new ParameterConstraint(text).Expression, domains);
        Assert.Equal(left, reduced is Expression.Constant ? null : Reduction.Text(reduced));
    }
}
