using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;
using static HpoService.Training.Networks.NetworkSettings;

namespace HpoService.Training.Models;

/// <summary>A fully connected network.</summary>
internal sealed class Mlp : IModel
{
    public static readonly IntSetting Layers = new("layers", "Hidden layers.", 1, 1, 20);
    public static readonly NumbersSetting Widths = new("widths", "Units of each hidden layer, first to last; overrides hidden and layers.", [], 1, 65536);
    public static readonly FlagSetting Skip = new("skip", "Adds the input of a hidden layer to its output where their widths agree.");

    public string Name => "mlp";

    public string Description => "A fully connected network: hidden layers with normalisation, an activation, dropout and skip connections.";

    public IReadOnlyList<Setting> Settings =>
    [
        Hidden, Layers, Widths, Skip, Activations.Activation, Norm, Dropout, FeatureEmbedding.Kind, FeatureEmbedding.Width, FeatureEmbedding.Terms, FeatureEmbedding.Frequency,
    ];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-4, 0.1, Scale.Log),
        new IntParameter("hidden", 16, 256, Scale.Log),
        new IntParameter("layers", 1, 3),
        new FloatParameter("dropout", 0, 0.5),
        new CategoricalParameter("optimizer", ["sgd", "adam", "rmsprop"]),
        new FloatParameter("momentum", 0, 0.99, when: new Condition("optimizer", ["sgd"])),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
    ];

    public IReadOnlyDictionary<SampleKind, IReadOnlyList<Parameter>> Spaces => new Dictionary<SampleKind, IReadOnlyList<Parameter>> { [SampleKind.Table] = Table };

    private static IReadOnlyList<Parameter> Table =>
    [
        new FloatParameter("learningRate", 1e-4, 0.02, Scale.Log),
        new IntParameter("hidden", 32, 512, Scale.Log),
        new IntParameter("layers", 1, 3),
        new FloatParameter("dropout", 0, 0.5),
        new CategoricalParameter("optimizer", ["adamw", "nadam"]),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [32.0, 64.0, 128.0, 256.0]),
        new CategoricalParameter("normalization", ["standard", "quantile"]),
        new CategoricalParameter("featureEmbedding", ["none", "periodic", "piecewise"]),
        new IntParameter("featureWidth", 4, 32, Scale.Log, when: new Condition("featureEmbedding", ["periodic", "piecewise"])),
        new FloatParameter("featureFrequency", 0.03, 5, Scale.Log, when: new Condition("featureEmbedding", ["periodic"])),
    ];

    public bool Takes(SampleKind kind, GoalKind goal) => kind != SampleKind.Text;

    public Network Build(SampleShape shape, SettingValues s) => new MlpNetwork(
        shape.Count, s[Widths] is { Count: > 0 } widths ? [.. widths.Select(w => (int)w)] : [.. Enumerable.Repeat(s[Hidden], s[Layers])], shape.Outputs,
        s[Activations.Activation], s[Norm], s[Dropout], s[Skip], Features(shape, s));

    private static FeatureEmbedding? Features(SampleShape shape, SettingValues s) =>
        s[FeatureEmbedding.Kind] == "none" || shape.Numbers is { Count: 0 } ? null
        : shape.Kind != SampleKind.Table
            ? throw new InvalidSettingsException("/featureEmbedding", $"featureEmbedding must be none for anything but a table, but got {s[FeatureEmbedding.Kind]} for {shape.Kind}.")
        : new FeatureEmbedding(
            shape.Count, shape.Numbers ?? [.. Enumerable.Range(0, shape.Count)], s[FeatureEmbedding.Kind], s[FeatureEmbedding.Terms], s[FeatureEmbedding.Width], s[FeatureEmbedding.Frequency]);
}
