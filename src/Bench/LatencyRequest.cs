using System.Text.Json;

namespace HpoService.Bench;

/// <summary>What <c>hpo bench latency</c> is asked to measure.</summary>
public sealed record LatencyRequest
{
    /// <summary>Kinds of samplers.</summary>
    public required IReadOnlyList<string> Samplers { get; init; }

    /// <summary>Lengths of the history.</summary>
    public required IReadOnlyList<int> Trials { get; init; }

    /// <summary>The number of parameters, 1 to 200.</summary>
    public int Dimensions { get; init; } = 10;

    /// <summary>Whether a third of the parameters are ints and a third categoricals.</summary>
    public bool IsMixed { get; init; }

    /// <summary>Options of every sampler; null = defaults.</summary>
    public JsonElement? Options { get; init; }

    /// <summary>After how many seconds a row takes no more repeats; at least 3 are made.</summary>
    public double Seconds { get; init; } = 30;
}
