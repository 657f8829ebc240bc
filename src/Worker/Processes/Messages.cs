using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Training;

namespace HpoService.Worker.Processes;

/// <summary>What a worker writes to a training process, a JSON object a line.</summary>
/// <param name="Train">Train this.</param>
/// <param name="Stop">Stop what is being trained, at the next measurement.</param>
internal sealed record Command(TrainingRequest? Train = null, bool Stop = false);

/// <summary>What a training process writes back, a JSON object a line; exactly one field is set.</summary>
internal sealed record Message(
    Measurement? Measurement = null, IReadOnlyDictionary<string, double>? Completed = null, string? Infeasible = null, bool Stopped = false, string? Failed = null)
{
    /// <summary>Whether it says anything at all.</summary>
    [JsonIgnore]
    public bool IsEmpty => Measurement is null && Completed is null && Infeasible is null && !Stopped && Failed is null;
}

internal static class Pipe
{
    private static readonly JsonSerializerOptions Options = new(HpoJson.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;
}
