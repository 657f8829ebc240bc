using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>Normal noise of this deviation, in units after normalisation.</summary>
internal sealed class Noise() : Augmentation(new NumberSetting("noise", "Sequences: normal noise of this deviation, in units after normalisation. 0 = off.", 0, 0, 10))
{
    public override SampleKind Kind => SampleKind.Sequence;

    public override torch.Tensor Apply(torch.Tensor x, double strength, Random random)
    {
        return x + torch.randn(x.shape) * strength;
    }
}
