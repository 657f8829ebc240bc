using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;
using static HpoService.Training.Networks.NetworkSettings;

namespace HpoService.Training.Models;

/// <summary>A transformer encoder.</summary>
internal sealed class Transformer : IModel
{
    public static readonly IntSetting Width = new("modelWidth", "Numbers for each token; a multiple of heads.", 64, 1, 4096);
    public static readonly IntSetting Heads = new("heads", "Attention heads.", 4, 1, 64);
    public static readonly IntSetting Layers = new("encoderLayers", "Encoder layers.", 2, 1, 48);
    public static readonly NumberSetting FeedForward = new("feedForward", "Width of the feed-forward part, in multiples of modelWidth.", 2, 0.25, 16);
    public static readonly ChoiceSetting Positions = new("positions", "How a token knows its place.", "sinusoidal", ["sinusoidal", "learned", "none"]);
    public static readonly IntSetting Patch = new("patch", "Images: height and width of a token; 0 = 2 for small images, 4 for others.", 0, 0, 1024);

    public string Name => "transformer";

    public string Description => "A transformer encoder over sequences, text, patches of images, or the features of a table.";

    public IReadOnlyList<Setting> Settings => [Width, Heads, Layers, FeedForward, Positions, Patch, Dropout];

    public IReadOnlyList<JointRule> Rules =>
    [
        new("modelWidth", "modelWidth must be a multiple of heads", "modelWidth % heads == 0"),
        new("optimizer", "optimizer must not be newtoncg with a transformer, whose attention can be differentiated once only", "optimizer != 'newtoncg'"),
    ];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-4, 0.01, Scale.Log),
        new OrdinalParameter("modelWidth", [32.0, 64.0, 128.0]),
        new IntParameter("encoderLayers", 1, 3),
        new FloatParameter("dropout", 0, 0.3),
        new CategoricalParameter("optimizer", ["adamw", "nadam"]),
        new FloatParameter("warmupEpochs", 0, 3),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
    ];

    public bool Takes(SampleKind kind, GoalKind goal) => true;

    public Network Build(SampleShape shape, SettingValues s)
    {
        var patch = s[Patch] > 0 ? s[Patch] : shape.Sizes[^1] >= 16 ? 4 : 2;
        if (shape.Kind == SampleKind.Image && (shape.Sizes[1] < patch || shape.Sizes[2] < patch))
            throw new InvalidSettingsException("/patch", $"patch must be at most the height and width of the images, but got {patch} for {shape.Sizes[1]} x {shape.Sizes[2]}.");
        return new TransformerNetwork(
            shape, s[Width], s[Heads], s[Layers], Math.Max(1, (int)(s[FeedForward] * s[Width])), s[Positions], patch, s[Dropout]);
    }
}
