using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Search;

namespace HpoService.Training.Models;

/// <summary>Settings of <c>mlp</c>.</summary>
public sealed record MlpSettings
{
    /// <summary>Step size, 0 &lt; learningRate ≤ 1e6.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Units of each hidden layer, 1 to 4,096.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>Hidden layers, 1 to 10.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Probability of dropping a hidden unit, 0 ≤ dropout &lt; 1.</summary>
    public double Dropout { get; init; }

    /// <summary>sgd, adam, adamw or rmsprop.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>For sgd, 0 ≤ momentum &lt; 1.</summary>
    public double Momentum { get; init; }

    /// <summary>L2 penalty, decoupled for adamw, 0 ≤ weightDecay ≤ 1.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Samples a step, 1 to 100,000.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Passes over the training part, 1 to 10,000.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>relu, tanh, gelu or silu.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>JSON Schema of the settings.</summary>
    public const string Schema = """
        {"type":"object","additionalProperties":false,"properties":{
        "learningRate":{"type":"number","exclusiveMinimum":0,"maximum":1e6,"default":0.001},
        "hidden":{"type":"integer","minimum":1,"maximum":4096,"default":64},
        "layers":{"type":"integer","minimum":1,"maximum":10,"default":1},
        "dropout":{"type":"number","minimum":0,"exclusiveMaximum":1,"default":0},
        "optimizer":{"enum":["sgd","adam","adamw","rmsprop"],"default":"adam"},
        "momentum":{"type":"number","minimum":0,"exclusiveMaximum":1,"default":0},
        "weightDecay":{"type":"number","minimum":0,"maximum":1,"default":0},
        "batchSize":{"type":"integer","minimum":1,"maximum":100000,"default":32},
        "epochs":{"type":"integer","minimum":1,"maximum":10000,"default":20},
        "activation":{"enum":["relu","tanh","gelu","silu"],"default":"relu"}}}
        """;

    /// <summary>The settings of a request, its trial's parameters over the study's settings.</summary>
    /// <exception cref="InvalidSettingsException">A setting is unknown, of the wrong type, or out of range.</exception>
    public static MlpSettings Of(TrainingRequest request)
    {
        var json = request.Settings is { } settings ? JsonNode.Parse(settings.GetRawText())!.AsObject() : [];
        foreach (var (name, value) in request.Parameters)
            json[name] = JsonSerializer.SerializeToNode(value, HpoJson.Options);
        MlpSettings read;
        try
        {
            read = json.Deserialize<MlpSettings>(HpoJson.Options)!;
        }
        catch (JsonException e)
        {
            throw new InvalidSettingsException((e.Path ?? "$")[1..].Replace('.', '/'), $"settings must be known and of the right type, but got {json.ToJsonString()}.");
        }

        read.Validate();
        return read;
    }

    private void Validate()
    {
        Check(LearningRate is > 0 and <= 1e6, "learningRate", "0 < learningRate <= 1e6", LearningRate);
        Check(Hidden is >= 1 and <= 4096, "hidden", "1 <= hidden <= 4096", Hidden);
        Check(Layers is >= 1 and <= 10, "layers", "1 <= layers <= 10", Layers);
        Check(Dropout is >= 0 and < 1, "dropout", "0 <= dropout < 1", Dropout);
        Check(Optimizer is "sgd" or "adam" or "adamw" or "rmsprop", "optimizer", "optimizer in {sgd, adam, adamw, rmsprop}", Optimizer);
        Check(Momentum is >= 0 and < 1, "momentum", "0 <= momentum < 1", Momentum);
        Check(WeightDecay is >= 0 and <= 1, "weightDecay", "0 <= weightDecay <= 1", WeightDecay);
        Check(BatchSize is >= 1 and <= 100_000, "batchSize", "1 <= batchSize <= 100000", BatchSize);
        Check(Epochs is >= 1 and <= 10_000, "epochs", "1 <= epochs <= 10000", Epochs);
        Check(Activation is "relu" or "tanh" or "gelu" or "silu", "activation", "activation in {relu, tanh, gelu, silu}", Activation);
    }

    private static void Check(bool holds, string name, string rule, object value)
    {
        if (!holds)
            throw new InvalidSettingsException($"/{name}", $"{rule} must hold, but got {value}.");
    }
}
