using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;
using static HpoService.Training.Networks.NetworkSettings;

namespace HpoService.Training.Models;

/// <summary>A residual network.</summary>
internal sealed class ResNet : IModel
{
    public static readonly IntSetting Blocks = new("stageBlocks", "Residual blocks in each of the three stages; 3 = ResNet-20, 5 = ResNet-32, 9 = ResNet-56.", 3, 1, 50);
    public static readonly IntSetting Width = new("width", "Channels of the first stage; the others have 2 and 4 times as many.", 16, 1, 512);

    public string Name => "resnet";

    public string Description => "A residual network for images (He et al., arXiv 1512.03385); its defaults are ResNet-20, compatible with published CIFAR-10 weights.";

    public IReadOnlyList<Setting> Settings => [Blocks, Width, Dropout];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-3, 0.5, Scale.Log),
        new OrdinalParameter("stageBlocks", [1.0, 2.0, 3.0]),
        new CategoricalParameter("optimizer", ["nesterov", "adamw"]),
        new FloatParameter("momentum", 0.5, 0.99, when: new Condition("optimizer", ["nesterov"])),
        new CategoricalParameter("schedule", ["constant", "cosine", "oneCycle"]),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
    ];

    public bool Takes(SampleKind kind, GoalKind goal) => kind == SampleKind.Image && goal != GoalKind.NextToken;

    public Network Build(SampleShape shape, SettingValues s) => new ResNetNetwork(shape.Sizes[0], s[Blocks], s[Width], s[Dropout], shape.Outputs);
}
