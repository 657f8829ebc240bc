using System.Runtime.InteropServices;
using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Problems;

/// <summary>Reads tables: <c>FOLDER/table.json</c> and one <c>INSTANCE.f32</c> each, little-endian float32.</summary>
internal static class TableFolder
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record Description(Column[] Hyperparameters, int Rows, string[] Columns, string Direction, Dictionary<string, JsonElement> Instances);

    private sealed record Column(string Name, ParameterValue[] Values, bool Ordinal);

    private sealed record Baseline(double Best, Dictionary<string, double> ExpectedBestOf);

    /// <summary>Every table below a folder, or below its <c>tables</c>.</summary>
    /// <exception cref="HpoException">There is none, or one is not of its size.</exception>
    public static IReadOnlyList<TableProblem> Read(string folder)
    {
        var root = Path.Combine(folder, "tables") is var tables && Directory.Exists(tables) ? tables : folder;
        var descriptions = Directory.Exists(root) ? Directory.GetFiles(root, "table.json", SearchOption.AllDirectories) : [];
        if (descriptions.Length == 0)
            throw new HpoException("/data", $"data must be a folder with a table.json below it, but got '{folder}'.");
        var baselines = Path.Combine(root, "random_baselines.json") is var file && File.Exists(file)
            ? JsonSerializer.Deserialize<Dictionary<string, Baseline>>(File.ReadAllText(file), Json)! : [];
        return [.. descriptions.SelectMany(path => ReadOne(path, baselines)).OrderBy(t => t.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<TableProblem> ReadOne(string path, Dictionary<string, Baseline> baselines)
    {
        var folder = Path.GetDirectoryName(path)!;
        var description = JsonSerializer.Deserialize<Description>(File.ReadAllText(path), Json)!;
        var space = new SearchSpace([.. description.Hyperparameters.Select(c =>
            c.Ordinal ? (Parameter)new OrdinalParameter(c.Name, c.Values) : new CategoricalParameter(c.Name, c.Values))]);
        var direction = description.Direction == "maximize" ? Direction.Maximize : Direction.Minimize;
        foreach (var instance in description.Instances.Keys)
        {
            var name = $"{Path.GetFileName(folder)}/{instance}";
            var cells = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, instance + ".f32"))).ToArray();
            if (cells.Length != description.Rows * description.Columns.Length
                || description.Rows != space.Parameters.Aggregate(1L, (n, p) => n * p.Cardinality!.Value))
            {
                throw new HpoException(
                    "/data", $"{name} must have {description.Rows} rows of {description.Columns.Length}, one a configuration, but got {cells.Length} cells.");
            }

            var scale = baselines.TryGetValue(name, out var baseline) ? new RegretScale(baseline.Best, baseline.ExpectedBestOf["10"]) : null;
            yield return new TableProblem(name, space, direction, cells, description.Columns.Length, scale);
        }
    }
}
