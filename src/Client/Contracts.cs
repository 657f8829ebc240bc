using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Client;

/// <summary>A study; see the API's documentation for the fields.</summary>
public sealed record Study(
    long Id, string Name, string State, string? CompletionReason, IReadOnlyList<Objective> Objectives, IReadOnlyDictionary<string, int> TrialCounts,
    JsonElement? Best, long Version);

/// <summary>A metric to optimise.</summary>
public sealed record Objective(string Metric, string Direction);

/// <summary>A trial.</summary>
public sealed record Trial(
    int Number, string State, IReadOnlyDictionary<string, JsonElement> Parameters, int Attempt, string? Worker,
    IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, double>? Values, string? Error, string? SuggestedBy, Lease? Lease);

/// <summary>What a trial reported at one step.</summary>
public sealed record Measurement(
    long Step, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Values);

/// <summary>The right to run a trial until a time.</summary>
public sealed record Lease(string Token, DateTimeOffset ExpiresAt);
