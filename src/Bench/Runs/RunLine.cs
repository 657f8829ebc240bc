using System.Text.Json;
using HpoService.Search;

namespace HpoService.Bench.Runs;

/// <summary>One search, as one line of a file of results.</summary>
/// <param name="Task">The problem's name.</param>
/// <param name="Sampler">Who searched.</param>
/// <param name="Seed">The study's seed.</param>
/// <param name="Best">The value after each trial; null while no trial had completed.</param>
internal sealed record RunLine(string Task, string Sampler, long Seed, IReadOnlyList<double?> Best)
{
    private const int Digits = 6;

    /// <summary>Keeps six significant digits of the distance to the origin, as recorded runs of others do: else the last digits would decide who is better.</summary>
    public static RunLine Of(string task, string sampler, long seed, double[] best, double origin = 0) =>
        new(task, sampler, seed, [.. best.Select(value => double.IsFinite(value) ? origin + double.Parse((value - origin).ToString($"G{Digits}")) : (double?)null)]);

    /// <summary>The value after so many trials; NaN when none had completed, null when the search was shorter.</summary>
    public double? After(int trials) => trials > Best.Count ? null : Best[trials - 1] ?? double.NaN;

    public string ToJson() => JsonSerializer.Serialize(this, LineJson);

    /// <summary>Reads a file, or all <c>*.jsonl</c> files of a folder; lines without <c>best</c> are of another kind and left out.</summary>
    /// <exception cref="HpoException">The path leads nowhere.</exception>
    public static IReadOnlyList<RunLine> Read(string path)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new HpoException("", $"runs must be a file or folder, but got '{path}'.");
        string[] files = File.Exists(path) ? [path] : [.. Directory.GetFiles(path, "*.jsonl").Order(StringComparer.Ordinal)];
        return [.. files.SelectMany(File.ReadLines).Select(line => JsonSerializer.Deserialize<RunLine>(line, LineJson)!).Where(line => line.Best is not null)];
    }

    // Nulls are written, unlike in the contract, and files of others may hold more fields.
    private static JsonSerializerOptions LineJson { get; } = new(JsonSerializerDefaults.Web);
}
