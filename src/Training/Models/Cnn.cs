using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;
using static HpoService.Training.Networks.NetworkSettings;

namespace HpoService.Training.Models;

/// <summary>A convolutional network.</summary>
internal sealed class Cnn : IModel
{
    public static readonly IntSetting Blocks = new("blocks", "Blocks of a convolution and pooling; each halves the image.", 2, 1, 8);
    public static readonly IntSetting Channels = new("channels", "Channels of the first block; they double with each, to 1024 at most.", 16, 1, 1024);
    public static readonly IntSetting Kernel = new("kernel", "Height and width of the kernels; odd.", 3, 1, 15);
    public static readonly ChoiceSetting Pooling = new("pooling", "What halves the image.", "max", ["max", "average"]);
    public static readonly FlagSetting BatchNorm = new("batchNorm", "Batch normalisation after each convolution.", true);
    public static readonly ChoiceSetting Readout = new("readout", "What the last layer sees of the places: all of them, or their mean.", "flatten", ["flatten", "mean"]);

    public string Name => "cnn";

    public string Description => "A convolutional network for images: blocks of convolution, normalisation, activation and pooling, with channels that double.";

    public IReadOnlyList<Setting> Settings => [Blocks, Channels, Kernel, Pooling, BatchNorm, Readout, Activations.Activation, Dropout];

    public IReadOnlyList<JointRule> Rules => [new("kernel", "kernel must be odd", "kernel % 2 == 1")];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-4, 0.03, Scale.Log),
        new IntParameter("channels", 8, 64, Scale.Log),
        new IntParameter("blocks", 1, 3),
        new OrdinalParameter("kernel", [3.0, 5.0]),
        new FloatParameter("dropout", 0, 0.5),
        new CategoricalParameter("optimizer", ["sgd", "adamw"]),
        new FloatParameter("momentum", 0.5, 0.99, when: new Condition("optimizer", ["sgd"])),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
        new CategoricalParameter("schedule", ["constant", "oneCycle"]),
        new FloatParameter("rotation", 0, 15),
        new FloatParameter("translation", 0, 0.15),
    ];

    public bool Takes(SampleKind kind, GoalKind goal) => kind == SampleKind.Image && goal != GoalKind.NextToken;

    public Network Build(SampleShape shape, SettingValues s) => new CnnNetwork(
        (shape.Sizes[0], shape.Sizes[1], shape.Sizes[2]), s[Blocks], s[Channels], s[Kernel], s[Pooling], s[BatchNorm] ? "batch" : "none", s[Activations.Activation],
        s[Dropout], s[Readout] == "flatten", shape.Outputs);
}
