using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Models;

public sealed class JointRulesTests
{
    private static readonly ModelCard Card = new(
        "net", "", """
        {"type": "object", "properties": {
          "width": {"type": "integer", "default": 64}, "heads": {"type": "integer", "default": 4}, "optimizer": {"enum": ["adam", "lbfgs"], "default": "adam"},
          "decay": {"type": "number", "default": 0}, "batch": {"type": "integer", "default": 32},
          "spread": {"type": "object", "default": {"kind": "none"}}, "widths": {"default": []}
        }}
        """, [], [], [])
    {
        Rules =
        [
            new("width", "width must be a multiple of heads", "width % heads == 0"),
            new("decay", "decay must be 0 with lbfgs", "decay == 0 or optimizer != 'lbfgs'"),
            new("spread.parts", "spread.parts must be at most batch", "spread.parts <= batch"),
            new("spread.kind", "spread.kind must be none with lbfgs", "spread.kind == 'none' or optimizer != 'lbfgs'"),
        ],
    };

    private static readonly Parameter Batch = new IntParameter("batch", 16, 64), Decay = new FloatParameter("decay", 1e-6, 1e-2, Scale.Log),
        Optimizer = new CategoricalParameter("optimizer", ["adam", "lbfgs"]);

    public static TheoryData<string, Parameter[], string?, string?> Studies => new()
    {
        { "{}", [Batch], null, null },
        { """{"width": 62}""", [Batch], "/runner/settings/width", "width must be a multiple of heads, but got width = 62, heads = 4." },
        { """{"heads": 5}""", [Batch], "/runner/settings/heads", "width must be a multiple of heads, but got width = 64, heads = 5." },
        { """{"heads": 5}""", [new OrdinalParameter("width", [32, 64])], "/parameters/0", "width must be a multiple of heads, but got width in {32, 64}, heads = 5." },
        { """{"heads": 5}""", [new OrdinalParameter("width", [32, 65])], null, null },
        { """{"optimizer": "lbfgs"}""", [Batch, Decay], "/parameters/1", "decay must be 0 with lbfgs, but got decay in [1E-06, 0.01], optimizer = lbfgs." },
        { """{"optimizer": "lbfgs"}""", [new FloatParameter("decay", 0, 1)], null, null }, // 0 is one of its values
        { """{"optimizer": "lbfgs", "decay": 0.1}""", [Optimizer], null, null },
        { """{"decay": 0.1}""", [new CategoricalParameter("optimizer", ["lbfgs"])], "/runner/settings/decay", "decay must be 0 with lbfgs, but got decay = 0.1, optimizer = lbfgs." },
        { """{"decay": 0.1}""", [Optimizer, new FloatParameter("decay", 0.1, 1, when: new Condition("optimizer", ["adam"]))], null, null },
        { """{"spread": {"kind": "pipe", "parts": 65}}""", [Batch], "/runner/settings/spread/parts", "spread.parts must be at most batch, but got spread.parts = 65, batch in {16, 17, 18, 19, 20, 21, 22, 23, 24, 25, … 64}." },
        { """{"spread": {"kind": "pipe", "parts": 64}}""", [Batch], null, null },
        { """{"spread": {"kind": "pipe"}}""", [Batch], null, null },
        { """{"spread": {"kind": "pipe"}, "optimizer": "lbfgs"}""", [Batch], "/runner/settings/spread/kind", "spread.kind must be none with lbfgs, but got spread.kind = pipe, optimizer = lbfgs." },
    };

    [Theory, MemberData(nameof(Studies))]
    public void What_no_trial_can_keep_is_named_with_its_values(string settings, Parameter[] parameters, string? pointer, string? message)
    {
        var violations = Card.Violations(JsonDocument.Parse(settings).RootElement, new SearchSpace(parameters));
        Assert.Equal(pointer is null ? [] : [(pointer, message!)], violations.Select(v => (v.Pointer, v.Message)));
    }

    public static TheoryData<string, Parameter[], string[]> Spaces => new()
    {
        { "{}", [Batch], [] },
        { """{"heads": 3}""", [new IntParameter("width", 30, 60), Batch], ["width % 3 == 0"] },
        { """{"spread": {"kind": "pipe", "parts": 32}}""", [Batch], ["32 <= batch"] },
        { """{"decay": 0.1}""", [Optimizer], ["optimizer != 'lbfgs'"] },
        { "{}", [Optimizer, Decay], ["optimizer != 'lbfgs'"] },
        { "{}", [Optimizer, new FloatParameter("decay", 0, 1, step: 0.5)], ["decay == 0 or optimizer != 'lbfgs'"] },
        { """{"optimizer": "adam"}""", [Decay], [] },
    };

    [Theory, MemberData(nameof(Spaces))]
    public void What_only_some_points_keep_becomes_a_constraint(string settings, Parameter[] parameters, string[] constraints)
    {
        var json = JsonDocument.Parse(settings).RootElement;
        var narrowed = Card.Narrowed(json, new SearchSpace(parameters));
        Assert.Equal(constraints, narrowed.Constraints.Select(c => c.Text));
        Assert.Equal(constraints, Card.Narrowed(json, narrowed).Constraints.Select(c => c.Text)); // once, however often
        Assert.NotNull(narrowed.Anchor);
    }

    [Fact]
    public void A_space_keeps_its_own_constraints_and_takes_no_more_than_it_may_have()
    {
        var json = JsonDocument.Parse("""{"heads": 3}""").RootElement;
        var space = new SearchSpace([new IntParameter("width", 30, 60)]);
        Assert.Equal(["width > 40", "width % 3 == 0"], Card.Narrowed(json, space.Constrained(["width > 40"])).Constraints.Select(c => c.Text));
        Assert.Equal(50, Card.Narrowed(json, space.Constrained([.. Enumerable.Range(0, 50).Select(i => $"width > {i - 50}")])).Constraints.Count);
    }
}
