using HpoService.Search.Spaces;

namespace HpoService.Bench.Problems;

/// <summary>The group <c>conditional</c>: parameters that exist only on some branches.</summary>
internal static class ConditionalProblems
{
    // What the best of a worse branch is above the best of all.
    private const double Tree = 0.15;
    private const double Kernel = 0.05;

    public static SearchSpace BranchSpace { get; } = new(
    [
        new CategoricalParameter("model", ["tree", "kernel", "network"]),
        new IntParameter("tree.depth", 1, 20, when: new("model", ["tree"])),
        new FloatParameter("tree.rate", 1e-3, 1, Scale.Log, when: new("model", ["tree"])),
        new FloatParameter("tree.sample", 0.1, 1, when: new("model", ["tree"])),
        new FloatParameter("kernel.c", 1e-3, 1e3, Scale.Log, when: new("model", ["kernel"])),
        new FloatParameter("kernel.gamma", 1e-4, 10, Scale.Log, when: new("model", ["kernel"])),
        new CategoricalParameter("kernel.kind", ["rbf", "poly", "linear"], new("model", ["kernel"])),
        new FloatParameter("kernel.tolerance", 1e-5, 1e-1, Scale.Log, when: new("model", ["kernel"])),
        new FloatParameter("network.rate", 1e-5, 1, Scale.Log, when: new("model", ["network"])),
        new IntParameter("network.width", 8, 1024, Scale.Log, when: new("model", ["network"])),
        new IntParameter("network.layers", 1, 6, when: new("model", ["network"])),
        new FloatParameter("network.dropout", 0, 0.9, when: new("model", ["network"])),
        new FloatParameter("network.momentum", 0, 0.99, when: new("model", ["network"])),
    ]);

    public static SearchSpace DepthSpace { get; } = new(
    [
        new IntParameter("layers", 1, 5), new FloatParameter("rate", 1e-4, 1, Scale.Log),
        .. Enumerable.Range(1, 5).Select(i => new FloatParameter($"width{i}", 0, 1, when: new("layers", atLeast: i, atMost: null))),
    ]);

    /// <summary><c>branches3</c>: the best of tree is 0.15, of kernel 0.05, of network 0; network is the hardest to tune. <c>layers5</c>:
    /// as many widths as layers; best at three. Both have the minimum 0.</summary>
    public static IReadOnlyList<Problem> All { get; } = [new Formula("branches3", BranchSpace, Branches, 0), new Formula("layers5", DepthSpace, Depth, 0)];

    /// <summary>The point where <c>branches3</c> is 0.</summary>
    public static ParameterValues BestBranch { get; } = Decode(BranchSpace, new()
    {
        ["model"] = 0.9, ["network.rate"] = 0.6, ["network.width"] = 0.7, ["network.layers"] = 0.4, ["network.dropout"] = 0.2, ["network.momentum"] = 0.8,
    });

    /// <summary>The point where <c>layers5</c> is 0.</summary>
    public static ParameterValues BestDepth { get; } = Decode(
        DepthSpace, new() { ["layers"] = 0.5, ["rate"] = 0.4, ["width1"] = 0.8, ["width2"] = 0.6, ["width3"] = 0.4 });

    private static double Branches(ParameterValues point)
    {
        double At(string name) => UnitCube.Encode(BranchSpace.Parameters[BranchSpace.IndexOf(name)], point[name]);
        double Off(string name, double optimum) => Square(At(name) - Snap(BranchSpace, name, optimum));
        return point["model"].Text switch
        {
            "tree" => Tree + 0.3 * (Off("tree.depth", 0.3) + Off("tree.rate", 0.6) + Off("tree.sample", 0.7)),
            "kernel" => Kernel + Off("kernel.c", 0.7) + 2 * Off("kernel.gamma", 0.35) + 0.05 * Off("kernel.tolerance", 0.5)
                + (point["kernel.kind"].Text switch { "rbf" => 0, "poly" => 0.1, _ => 0.2 }),
            // A narrow valley: the right rate goes with the width.
            _ => 6 * Off("network.rate", 0.6 + 0.5 * (At("network.width") - Snap(BranchSpace, "network.width", 0.7)))
                + Off("network.width", 0.7) + 0.5 * Off("network.layers", 0.4) + 0.5 * Off("network.dropout", 0.2) + Off("network.momentum", 0.8),
        };
    }

    private static double Depth(ParameterValues point)
    {
        var layers = (int)point["layers"].Number;
        var sum = 0.2 * Math.Abs(layers - 3) + 2 * Square(UnitCube.Encode(DepthSpace.Parameters[1], point["rate"]) - 0.4);
        for (var i = 1; i <= layers; i++)
            sum += Square(point[$"width{i}"].Number - (1 - 0.2 * i));
        return sum;
    }

    private static double Snap(SearchSpace space, string name, double coordinate) => UnitCube.Snap(space.Parameters[space.IndexOf(name)], coordinate);

    private static ParameterValues Decode(SearchSpace space, Dictionary<string, double> coordinates) =>
        new UnitCube(space).Decode([.. space.Parameters.Select(p => coordinates.GetValueOrDefault(p.Name))]);

    private static double Square(double v) => v * v;
}
