using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Models;

public sealed class SettingsRulesTests
{
    private static readonly ModelCard Card = new(
        "net", "", """
        {"type": "object", "additionalProperties": false, "properties": {
          "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
          "units": {"type": "integer", "minimum": 1, "maximum": 64},
          "skip": {"type": "boolean"},
          "kind": {"enum": ["a", "b"]},
          "name": {"type": "string", "maxLength": 5},
          "widths": {"anyOf": [{"type": "array", "items": {"type": "number", "minimum": 1}}, {"type": "string"}]},
          "spread": {"type": "object", "additionalProperties": false, "required": ["kind"],
                     "properties": {"kind": {"enum": ["none", "data"]}, "processes": {"type": "integer", "maximum": 8}, "parts": {"type": "integer"}},
                     "allOf": [{"if": {"properties": {"kind": {"const": "none"}}}, "then": {"properties": {"parts": false}}, "else": {"required": ["processes"]}}]}
        }}
        """, [], [], []);

    [Theory]
    [InlineData("""{"rate": 0}""", "/rate", "0 < rate <= 10 must hold, but got 0.")]
    [InlineData("""{"rate": 11}""", "/rate", "but got 11.")]
    [InlineData("""{"rate": "fast"}""", "/rate", "rate must be a number, but got \"fast\".")]
    [InlineData("""{"units": 2.5}""", "/units", "units must be an integer, but got 2.5.")]
    [InlineData("""{"units": 65}""", "/units", "1 <= units <= 64 must hold, but got 65.")]
    [InlineData("""{"skip": 1}""", "/skip", "skip must be a boolean, but got 1.")]
    [InlineData("""{"kind": "c"}""", "/kind", "kind must be one of a, b, but got \"c\".")]
    [InlineData("""{"name": "longer"}""", "/name", "name length <= 5 must hold")]
    [InlineData("""{"widths": [4, 0]}""", "/widths/1", "1 <= widths[1] must hold, but got 0.")]
    [InlineData("""{"widths": 4}""", "/widths", "but got 4.")]
    [InlineData("""{"a/b": 4}""", "/a~1b", "must be among kind, name, rate, skip, spread, units, widths, but got 'a/b'.")]
    [InlineData("""{"spread": {"kind": "data", "processes": 20}}""", "/spread/processes", "spread.processes <= 8 must hold, but got 20.")]
    [InlineData("""{"spread": {"kind": "data"}}""", "/spread/processes", "spread.processes must be given")]
    [InlineData("""{"spread": {"kind": "none", "parts": 2}}""", "/spread/parts", "spread.parts must be left out here, but got 2.")]
    [InlineData("""{"spread": {}}""", "/spread/kind", "spread.kind must be given")]
    [InlineData("[1]", "", "settings must be an object, but got [1].")]
    public void A_setting_that_no_trial_could_have_is_named(string settings, string pointer, string message)
    {
        var violation = Violations(settings)[0];
        Assert.Equal($"/runner/settings{pointer}", violation.Pointer);
        Assert.Contains(message, violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_listed_and_what_is_right_passes()
    {
        Assert.Equal(3, Violations("""{"rate": 0, "units": 0, "more": 1}""", new FloatParameter("rate", 0, 1)).Count);
        Assert.Empty(Violations("""{"rate": 10, "units": 64, "skip": true, "kind": "b", "name": "short", "widths": [1, 2.5], "spread": {"kind": "data", "processes": 8}}"""));
        Assert.Empty(Violations("""{"widths": "3,4", "spread": {"kind": "none"}}"""));
        Assert.Empty(Violations(null));
    }

    public static TheoryData<Parameter, bool> Parameters => new()
    {
        { new FloatParameter("rate", 1e-4, 1, Scale.Log), true },
        { new FloatParameter("rate", -1, 1), true }, // some trials can work
        { new FloatParameter("rate", -1, 0), false },
        { new FloatParameter("rate", 10.5, 20), false },
        { new IntParameter("units", 8, 256), true },
        { new IntParameter("units", 65, 256), false },
        { new FloatParameter("units", 8, 32, step: 8), true },
        { new IntParameter("skip", 0, 1), false },
        { new BooleanParameter("skip"), true },
        { new CategoricalParameter("kind", ["b", "x"]), true },
        { new CategoricalParameter("kind", ["x", "y"]), false },
        { new OrdinalParameter("units", [128.0, 256.0]), false },
        { new CategoricalParameter("units", ["many"]), false },
        { new CategoricalParameter("widths", ["64,32", "128"]), true },
        { new FloatParameter("learningrate", 0, 1), false },
    };

    [Theory, MemberData(nameof(Parameters))]
    public void A_parameter_of_which_no_value_is_one_of_its_setting_is_refused(Parameter parameter, bool works)
    {
        var violations = Violations(null, new IntParameter("units", 1, 2).Name == parameter.Name ? [parameter] : [new IntParameter("units", 1, 2), parameter]);
        Assert.Equal(works, violations.Count == 0);
        Assert.All(violations, v => Assert.StartsWith(parameter.Name == "units" ? "/parameters/0" : "/parameters/1", v.Pointer, StringComparison.Ordinal));
        Assert.All(violations, v => Assert.Contains("but got", v.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_card_without_a_schema_takes_everything() => Assert.Empty(
        new ModelCard("m", "", "{}", [], [], []).Violations(JsonDocument.Parse("""{"x": 1}""").RootElement, new SearchSpace([new FloatParameter("y", 0, 1)])));

    private static IReadOnlyList<Violation> Violations(string? settings, params Parameter[] parameters) => Card.Violations(
        settings is null ? null : JsonDocument.Parse(settings).RootElement, new SearchSpace(parameters.Length > 0 ? parameters : [new BooleanParameter("skip")]));
}
