using System.Text.Json;
using HpoService.Search;

namespace HpoService.Bench;

/// <summary>What <c>hpo bench quality</c> is asked to measure.</summary>
public sealed record QualityRequest
{
    /// <summary>Kinds of samplers; the first is judged, the others stand beside it.</summary>
    public required IReadOnlyList<string> Samplers { get; init; }

    /// <summary>Names and groups of problems.</summary>
    public required IReadOnlyList<string> Tasks { get; init; }

    /// <summary>Trials of a search, at least 1; null = the usual number of each problem.</summary>
    public int? Trials { get; init; }

    /// <summary>The seeds of the searches.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>Trials running at once in one search, at least 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Searches running at once, at least 1.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Options of the first sampler, a JSON object; null = its defaults.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>The first sampler's name in results; null = its kind.</summary>
    public string? Label { get; init; }

    /// <summary>The folder of the tables; null = no tables.</summary>
    public string? Data { get; init; }

    /// <summary>A folder or file of recorded runs to compare with; null = none.</summary>
    public string? Reference { get; init; }

    /// <summary>The file to write, one line a search; null = none.</summary>
    public string? Out { get; init; }

    /// <summary>Reads <c>5</c> as 0 … 4 and <c>3-7</c> as 3 … 7.</summary>
    /// <exception cref="HpoException">It is neither.</exception>
    public static IReadOnlyList<long> ReadSeeds(string text)
    {
        var parts = text.Split('-');
        if (parts is [var count] && int.TryParse(count, out var n) && n > 0)
            return [.. Enumerable.Range(0, n)];
        if (parts is [var low, var high] && int.TryParse(low, out var a) && int.TryParse(high, out var b) && a <= b)
            return [.. Enumerable.Range(a, b - a + 1)];
        throw new HpoException("/seeds", $"seeds must be a positive number or a range such as 3-7, but got '{text}'.");
    }

    internal void Validate()
    {
        Check(Trials ?? 1, "trials");
        Check(Parallel, "parallel");
        Check(Jobs, "jobs");
    }

    private static void Check(int value, string name)
    {
        if (value < 1)
            throw new HpoException($"/{name}", $"{name} >= 1 must hold, but got {value}.");
    }
}
