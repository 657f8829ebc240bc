using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HpoService.Training.Settings;

namespace HpoService.Training.Parallel;

/// <summary>How one training is spread over processes.</summary>
/// <param name="Kind">One of <see cref="ParallelismSetting.Kinds"/>.</param>
/// <param name="Processes">How many.</param>
/// <param name="MicroBatches">Of a pipeline: into how many parts a batch is cut; null = two for each process.</param>
/// <param name="BucketMegabytes">Of data parallelism: gradients that are averaged together; null = 4.</param>
/// <param name="TimeoutSeconds">How long a process waits for another's answer before the training is given up; null = <see cref="UsualTimeoutSeconds"/>.</param>
public sealed record Parallelism(string Kind, int Processes = 1, int? MicroBatches = null, double? BucketMegabytes = null, double? TimeoutSeconds = null)
{
    /// <summary>Long enough for one that tests alone while the others wait.</summary>
    public const double UsualTimeoutSeconds = 600;

    /// <summary>How long a process waits for another's answer.</summary>
    [JsonIgnore]
    public TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds ?? UsualTimeoutSeconds);

    /// <summary>How long it waits for the others to start and to read the data set, which take longer than a step.</summary>
    [JsonIgnore]
    public TimeSpan Start => TimeSpan.FromSeconds(Math.Max(Timeout.TotalSeconds, UsualTimeoutSeconds));

    /// <summary>One process.</summary>
    public static Parallelism None { get; } = new("none");

    /// <summary>What a request wants; one process where its settings are wrong, which training then says.</summary>
    public static Parallelism Of(TrainingRequest request)
    {
        try
        {
            return request.Settings is { ValueKind: JsonValueKind.Object } settings && settings.TryGetProperty(ParallelismSetting.Setting.Name, out var json)
                && !request.Parameters.ContainsKey(ParallelismSetting.Setting.Name) ? (Parallelism)ParallelismSetting.Setting.Read(json) : None;
        }
        catch (InvalidSettingsException)
        {
            return None;
        }
    }
}

/// <summary>The setting of it.</summary>
internal sealed record ParallelismSetting(string Name, string Description) : Setting(Name, Description)
{
    public const int MostProcesses = 8;
    private const double LeastTimeout = 1, MostTimeout = 86_400;

    public static readonly ParallelismSetting Setting = new(
        "parallelism", "Trains in several processes of the worker's machine: {\"kind\": \"data\", \"processes\": 4, \"bucketMegabytes\": 4}, {\"kind\": \"model\", \"processes\": 2} or "
        + "{\"kind\": \"pipeline\", \"processes\": 2, \"microBatches\": 8}; each may say after how many seconds without an answer a process is given up: \"timeoutSeconds\": 600.");

    public static IReadOnlyList<string> Kinds { get; } = ["none", "data", "model", "pipeline"];

    /// <summary>What goes with it.</summary>
    public static IReadOnlyList<JointRule> Rules { get; } =
    [
        new("optimizer", "optimizer must be of the first order with parallelism, or lbfgs with kind data", "optimizer != 'newtoncg' and (optimizer != 'lbfgs' or parallelism.kind == 'data') or parallelism.kind == 'none'"),
        new("batchSize", "batchSize must be at least parallelism.processes", "batchSize >= parallelism.processes"),
        new("parallelism.microBatches", "parallelism.microBatches must be at most batchSize", "parallelism.microBatches <= batchSize"),
    ];

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
            ["timeoutSeconds"] = new JsonObject { ["type"] = "number", ["minimum"] = LeastTimeout, ["maximum"] = MostTimeout, ["description"] = "Not of kind none; 600." },
        },
        ["allOf"] = new JsonArray(
            If("none", new JsonObject { ["properties"] = new JsonObject { ["processes"] = new JsonObject { ["maximum"] = 1 }, ["timeoutSeconds"] = false } },
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
            if (field.Name is not ("kind" or "processes" or "microBatches" or "bucketMegabytes" or "timeoutSeconds"))
                throw Wrong($"/{field.Name}", $"the fields of {Name} must be among kind, processes, microBatches, bucketMegabytes and timeoutSeconds", $"'{field.Name}'");
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
        var timeout = Number("timeoutSeconds", LeastTimeout, MostTimeout, isWhole: false);
        if (timeout is not null && kind == "none")
            throw Wrong("/timeoutSeconds", $"{Name}.timeoutSeconds must be left out where kind is none", $"{timeout} for none");
        return new Parallelism(kind, (int)processes, (int?)micro, bucket, timeout);

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
