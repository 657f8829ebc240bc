using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Training.Settings;

namespace HpoService.Training.Parallel;

/// <summary>How one training is spread over processes.</summary>
/// <param name="Kind">One of <see cref="ParallelismSetting.Kinds"/>.</param>
/// <param name="Processes">How many.</param>
/// <param name="MicroBatches">Of a pipeline: into how many parts a batch is cut; null = two for each process.</param>
/// <param name="BucketMegabytes">Of data parallelism: gradients that are averaged together; null = 4.</param>
public sealed record Parallelism(string Kind, int Processes = 1, int? MicroBatches = null, double? BucketMegabytes = null)
{
    /// <summary>One process.</summary>
    public static Parallelism None { get; } = new("none");

    /// <summary>How many processes a request wants; 1 where its settings are wrong, which training then says.</summary>
    public static int ProcessesOf(TrainingRequest request)
    {
        try
        {
            return request.Settings is { ValueKind: JsonValueKind.Object } settings && settings.TryGetProperty(ParallelismSetting.Setting.Name, out var json)
                && !request.Parameters.ContainsKey(ParallelismSetting.Setting.Name) ? ((Parallelism)ParallelismSetting.Setting.Read(json)).Processes : 1;
        }
        catch (InvalidSettingsException)
        {
            return 1;
        }
    }
}

/// <summary>The setting of it.</summary>
internal sealed record ParallelismSetting(string Name, string Description) : Setting(Name, Description)
{
    public const int MostProcesses = 8;

    public static readonly ParallelismSetting Setting = new(
        "parallelism", "Trains in several processes of the worker's machine: {\"kind\": \"data\", \"processes\": 4, \"bucketMegabytes\": 4}, {\"kind\": \"model\", \"processes\": 2} or "
        + "{\"kind\": \"pipeline\", \"processes\": 2, \"microBatches\": 8}.");

    public static IReadOnlyList<string> Kinds { get; } = ["none", "data", "model", "pipeline"];

    public override string Rule => $"{Name} must be an object with kind and processes: this";

    public override JsonNode DefaultJson => new JsonObject { ["kind"] = "none" };

    public override object Default => Parallelism.None;

    public override JsonObject Schema() => new()
    {
        ["type"] = "object", ["additionalProperties"] = false, ["required"] = new JsonArray("kind"),
        ["properties"] = new JsonObject
        {
            ["kind"] = new JsonObject { ["enum"] = new JsonArray([.. Kinds.Select(k => (JsonNode)k)]) },
            ["processes"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = MostProcesses },
            ["microBatches"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 1024, ["description"] = "Only of kind pipeline; 2 for each process." },
            ["bucketMegabytes"] = new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0, ["maximum"] = 1024, ["description"] = "Only of kind data; 4." },
        },
        ["allOf"] = new JsonArray(
            If("none", new JsonObject { ["properties"] = new JsonObject { ["processes"] = new JsonObject { ["maximum"] = 1 } } },
                new JsonObject { ["required"] = new JsonArray("processes"), ["properties"] = new JsonObject { ["processes"] = new JsonObject { ["minimum"] = 2 } } }),
            If("pipeline", new JsonObject(), new JsonObject { ["properties"] = new JsonObject { ["microBatches"] = false } }),
            If("data", new JsonObject(), new JsonObject { ["properties"] = new JsonObject { ["bucketMegabytes"] = false } })),
    };

    private static JsonObject If(string kind, JsonNode then, JsonNode otherwise) => new()
    {
        ["if"] = new JsonObject { ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind } } }, ["then"] = then, ["else"] = otherwise,
    };

    /// <exception cref="InvalidSettingsException">A field is missing, unknown or out of range: says which.</exception>
    public override object Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Wrong("", $"{Name} must be an object with kind and processes", json.GetRawText());
        foreach (var field in json.EnumerateObject())
            if (field.Name is not ("kind" or "processes" or "microBatches" or "bucketMegabytes"))
                throw Wrong($"/{field.Name}", $"the fields of {Name} must be among kind, processes, microBatches and bucketMegabytes", $"'{field.Name}'");
        var kind = json.TryGetProperty("kind", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
        if (!Kinds.Contains(kind))
            throw Wrong("/kind", $"{Name}.kind must be one of {string.Join(", ", Kinds)}", word.ValueKind == JsonValueKind.Undefined ? "none given" : word.GetRawText());
        var (least, most) = kind == "none" ? (1, 1) : (2, MostProcesses);
        var processes = Number("processes", least, most, isWhole: true) ?? (kind == "none" ? 1 : throw Wrong("/processes", $"{least} <= {Name}.processes <= {most} must hold", "none given"));
        var (micro, bucket) = (Number("microBatches", 1, 1024, isWhole: true), Number("bucketMegabytes", double.Epsilon, 1024, isWhole: false));
        if (micro is not null && kind != "pipeline")
            throw Wrong("/microBatches", $"{Name}.microBatches must be left out unless kind is pipeline", $"{micro} for {kind}");
        if (bucket is not null && kind != "data")
            throw Wrong("/bucketMegabytes", $"{Name}.bucketMegabytes must be left out unless kind is data", $"{bucket} for {kind}");
        return new Parallelism(kind, (int)processes, (int?)micro, bucket);

        double? Number(string field, double low, double high, bool isWhole)
        {
            if (!json.TryGetProperty(field, out var value))
                return null;
            return value.ValueKind == JsonValueKind.Number && value.GetDouble() is var v && v >= low && v <= high && (!isWhole || v == Math.Floor(v))
                ? v : throw Wrong($"/{field}", $"{(low < 1 ? "0 <" : $"{low} <=")} {Name}.{field} <= {high} must hold", value.GetRawText());
        }
    }

    private InvalidSettingsException Wrong(string field, string rule, string got) => new($"/{Name}{field}", $"{rule}, but got {got}.");
}
