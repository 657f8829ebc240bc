using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>Brighter or darker by up to this, in units after normalisation.</summary>
internal sealed class Brightness() : Augmentation(new NumberSetting("brightness", "Images: brighter or darker by up to this, in units after normalisation. 0 = off.", 0, 0, 10))
{
    public override SampleKind Kind => SampleKind.Image;

    public override torch.Tensor Apply(torch.Tensor x, double strength, Random random)
    {
        var draws = new float[x.shape[0]];
        for (var i = 0; i < draws.Length; i++)
            draws[i] = (float)Draw(random, strength);
        return x + torch.tensor(draws, draws.Length, 1, 1, 1);
    }
}
