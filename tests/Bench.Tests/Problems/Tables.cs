using System.Runtime.InteropServices;

namespace HpoService.Bench.Tests.Problems;

/// <summary>Writes a tiny table: 3 ordered rates × 2 choices, two seeds.</summary>
internal static class Tables
{
    public const string Name = "tiny/one";

    public static string Write(params float[] cells)
    {
        var root = Directory.CreateTempSubdirectory("tables").FullName;
        var folder = Directory.CreateDirectory(Path.Combine(root, "tables", "tiny")).FullName;
        File.WriteAllText(Path.Combine(folder, "table.json"), """
            {"hyperparameters": [{"name": "rate", "values": [0.1, 1, 10], "ordinal": true, "log": true},
                                 {"name": "kind", "values": ["a", "b"], "ordinal": false, "log": false}],
             "rows": 6, "columns": ["seed0", "seed1"], "direction": "maximize", "metric": "accuracy", "format": "…",
             "instances": {"one": {"best_mean": 6.5}}}
            """);
        File.WriteAllBytes(Path.Combine(folder, "one.f32"), MemoryMarshal.AsBytes(cells.AsSpan()).ToArray());
        File.WriteAllText(Path.Combine(root, "tables", "random_baselines.json"), """{"tiny/one": {"direction": "maximize", "best": 6.5, "expected_best_of": {"10": 4.5}}}""");
        return root;
    }
}
