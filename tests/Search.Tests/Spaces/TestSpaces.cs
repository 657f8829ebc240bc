using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Spaces;

/// <summary>One space for each thing that can go wrong; the conformance suites run over all of them.</summary>
internal static class TestSpaces
{
    public static readonly IReadOnlyDictionary<string, SearchSpace> All = new Dictionary<string, SearchSpace>
    {
        ["one float"] = new([new FloatParameter("x", -5, 10)]),
        ["one boolean"] = new([new BooleanParameter("b")]),
        ["single values"] = new([new CategoricalParameter("c", ["only"]), new OrdinalParameter("o", [3])]),
        ["floats"] = new([new FloatParameter("lr", 1e-5, 1, Scale.Log), new FloatParameter("m", 0, 0.99), new FloatParameter("s", 0, 1, step: 0.1)]),
        ["integers"] = new([new IntParameter("n", -3, 3), new IntParameter("log", 1, 1_000_000, Scale.Log), new IntParameter("step", 0, 1000, step: 250)]),
        ["mixed"] = new(
        [
            new FloatParameter("lr", 1e-4, 0.1, Scale.Log),
            new IntParameter("units", 8, 512, Scale.Log),
            new OrdinalParameter("batch", [16, 32, 64, 128]),
            new CategoricalParameter("optimizer", ["sgd", "adam", "rmsprop"]),
            new BooleanParameter("bias"),
        ]),
        ["conditional"] = new(
        [
            new CategoricalParameter("optimizer", ["sgd", "adam"]),
            new FloatParameter("momentum", 0, 0.99, when: new Condition("optimizer", ["sgd"])),
            new BooleanParameter("nesterov", new Condition("momentum", 0.5, null)),
            new IntParameter("layers", 1, 3),
            new IntParameter("units2", 4, 64, Scale.Log, when: new Condition("layers", 2, null)),
            new OrdinalParameter("units3", ["small", "large"], new Condition("layers", [3])),
        ]),
        ["finite conditional"] = new(
        [
            new CategoricalParameter("kind", ["a", "b", "c"]),
            new IntParameter("a", 1, 4, when: new Condition("kind", ["a"])),
            new BooleanParameter("b", new Condition("kind", ["b"])),
            new OrdinalParameter("deep", [1, 2], new Condition("b", [true])),
        ]),
        ["rare branch"] = new(
        [
            new CategoricalParameter("c", [.. Enumerable.Range(0, 40).Select(i => (ParameterValue)$"c{i}")]),
            new FloatParameter("x", 0, 1, when: new Condition("c", ["c39"])),
        ]),
        ["constrained"] = new SearchSpace(
        [
            new FloatParameter("a", 0, 1), new FloatParameter("b", 0, 1), new IntParameter("hidden1", 8, 512, Scale.Log), new IntParameter("hidden2", 8, 512, Scale.Log),
            new CategoricalParameter("kind", ["x", "y"]), new FloatParameter("c", 0, 1, when: new Condition("kind", ["y"])),
        ]).Constrained(["a + b <= 1", "hidden1 >= hidden2", "c > a"]),
        ["narrow"] = new SearchSpace([new FloatParameter("a", 0, 1), new FloatParameter("b", 0, 1)]).Constrained(["a <= b and b <= a + 0.001"]),
        ["finite constrained"] = new SearchSpace([new IntParameter("a", 1, 3), new IntParameter("b", 1, 3)]).Constrained(["a >= b"]),
        ["thirty floats"] = new([.. Enumerable.Range(0, 30).Select(i => new FloatParameter($"x{i}", -1, 1))]),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>The number of points; null when there are infinitely many.</summary>
    public static int? Size(string name) => name switch { "one boolean" => 2, "single values" => 1, "finite conditional" => 8, "finite constrained" => 6, _ => null };
}
