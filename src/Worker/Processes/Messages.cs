using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;

namespace HpoService.Worker.Processes;

/// <summary>What a training process is told, a JSON object a line.</summary>
/// <param name="Train">Train this.</param>
/// <param name="Stop">Stop what is being trained, at the next measurement.</param>
/// <param name="Add">Read, check and keep this data set.</param>
/// <param name="Predict">Use a model.</param>
internal sealed record Command(TrainingRequest? Train = null, bool Stop = false, DataSetAddition? Add = null, PredictionRequest? Predict = null);

/// <summary>Rows for a model.</summary>
/// <param name="Folder">The model's files.</param>
/// <param name="Rows">The rows.</param>
internal sealed record PredictionRequest(string Folder, IReadOnlyList<JsonElement> Rows);

/// <summary>A data set to be kept.</summary>
/// <param name="DataFolder">Where.</param>
/// <param name="Upload">What.</param>
internal sealed record DataSetAddition(string DataFolder, DataSetUpload Upload);

/// <summary>What a training process writes back, a JSON object a line; exactly one field is set, but <c>HasWaited</c>: failed for want of another process' answer.</summary>
internal sealed record Message(
    Measurement? Measurement = null, IReadOnlyDictionary<string, double>? Completed = null, string? Infeasible = null, bool Stopped = false, string? Failed = null,
    DataCard? Added = null, Refusal? Refused = null, Predictions? Predicted = null, bool HasWaited = false)
{
    /// <summary>Whether it says anything at all.</summary>
    [JsonIgnore]
    public bool IsEmpty => Measurement is null && Completed is null && Infeasible is null && !Stopped && Failed is null && Added is null && Refused is null && Predicted is null;
}

/// <summary>Why something asked for is not done: the caller's mistake.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="Pointer">The field.</param>
/// <param name="Text">The rule, but got.</param>
internal sealed record Refusal(string Kind, string Pointer, string Text)
{
    public const string DataSet = "dataset", Taken = "taken", Unwritable = "unwritable", Rows = "rows", Model = "model", NoTorch = "noTorch";
}

internal static class Pipe
{
    private static readonly JsonSerializerOptions Options = new(HpoJson.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, Options);

    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options)!;
}
