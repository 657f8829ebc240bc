using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Spaces;

public sealed class SearchSpaceTests
{
    [Fact]
    public void Every_violation_is_listed_with_its_pointer()
    {
        var error = Assert.Throws<InvalidSearchSpaceException>(() => new SearchSpace(
        [
            new BooleanParameter("a", new Condition("later", [true])),
            new FloatParameter("f", 0, 1),
            new BooleanParameter("a"),
            new BooleanParameter("b", new Condition("f", [0.5])),
            new BooleanParameter("c", new Condition("a", 1, null)),
            new BooleanParameter("d", new Condition("a", ["yes"])),
        ]));
        Assert.Equal(["/0/when/parameter", "/2/name", "/3/when/in", "/4/when", "/5/when/in"], error.Violations.Select(v => v.Pointer));
        Assert.Contains("when must name an earlier parameter, but got 'later'.", error.Message);
        Assert.Contains("in must list values of 'a', but got 'yes'.", error.Message);
    }

    [Fact]
    public void A_space_has_1_to_200_parameters()
    {
        Assert.Contains("but got 0.", Assert.Throws<InvalidSearchSpaceException>(() => new SearchSpace([])).Message);
        Assert.Contains("but got 201.", Assert.Throws<InvalidSearchSpaceException>(
            () => new SearchSpace([.. Enumerable.Range(0, 201).Select(i => new BooleanParameter($"b{i}"))])).Message);
    }

    [Theory]
    [InlineData("""{"optimizer": "adam", "layers": 1}""", "")]
    [InlineData("""{"optimizer": "sgd", "momentum": 0.2, "layers": 1}""", "")]
    [InlineData("""{"optimizer": "sgd", "momentum": 0.7, "layers": 1}""", "nesterov must be given, but got nothing.")]
    [InlineData("""{"optimizer": "adam", "momentum": 0.2, "layers": 1}""", "momentum must be absent while it is inactive, but got 0.2.")]
    [InlineData("""{"optimizer": "adam", "layers": 9}""", "1 <= layers <= 3 must hold, but got 9.")]
    [InlineData("""{"optimizer": "adam", "layers": 2, "x": 1}""", "every name must be a parameter of the study, but got 'x'.")]
    [InlineData("""{"optimizer": "adam"}""", "layers must be given, but got nothing.")]
    public void Points_are_judged_with_their_conditions(string json, string violation)
    {
        var violations = TestSpaces.All["conditional"].Violations(Parse(json));
        if (violation.Length == 0)
            Assert.Empty(violations);
        else
            Assert.Contains(violation, violations.Select(v => v.Message));
    }

    [Fact]
    public void Partial_points_may_leave_parameters_out_but_not_break_a_rule()
    {
        var space = TestSpaces.All["conditional"];
        Assert.Empty(space.ViolationsOfPartial(ParameterValues.Empty));
        Assert.Empty(space.ViolationsOfPartial(Parse("""{"momentum": 0.5}""")));
        Assert.NotEmpty(space.ViolationsOfPartial(Parse("""{"optimizer": "adam", "momentum": 0.5}""")));
        Assert.NotEmpty(space.ViolationsOfPartial(Parse("""{"layers": 0}""")));
    }

    [Theory, MemberData(nameof(TestSpaces.Names), MemberType = typeof(TestSpaces))]
    public void Every_space_survives_json(string name)
    {
        var specs = TestSpaces.All[name].Parameters.Select(ParameterSpec.From).ToList();
        var json = JsonSerializer.Serialize(specs, HpoJson.Options);
        var again = ParameterSpec.ToSpace(JsonSerializer.Deserialize<List<ParameterSpec>>(json, HpoJson.Options)!);
        Assert.Equal(json, JsonSerializer.Serialize(again.Parameters.Select(ParameterSpec.From), HpoJson.Options));
    }

    [Fact]
    public void Specs_list_every_violation_with_pointers()
    {
        var specs = JsonSerializer.Deserialize<List<ParameterSpec>>(
            """[{"name": "a", "type": "float", "low": 1, "high": 0}, {"name": "b", "type": "real"}, {"name": "c", "type": "int", "low": 0.5, "high": 2}, {"name": "d", "type": "boolean", "low": 1}]""",
            HpoJson.Options)!;
        var error = Assert.Throws<InvalidSearchSpaceException>(() => ParameterSpec.ToSpace(specs));
        Assert.Equal(["/0/low", "/1/type", "/2/low", "/3/low"], error.Violations.Select(v => v.Pointer));
    }

    [Fact]
    public void Equal_points_are_equal_in_any_order()
    {
        var (a, b) = (Parse("""{"x": 1, "y": "a"}"""), Parse("""{"y": "a", "x": 1.0}"""));
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, Parse("""{"x": 1, "y": "b"}"""));
        Assert.NotEqual(Parse("""{"x": 1}"""), Parse("""{"x": true}"""));
    }

    private static ParameterValues Parse(string json) => JsonSerializer.Deserialize<ParameterValues>(json, HpoJson.Options)!;
}
