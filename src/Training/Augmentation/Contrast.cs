using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>Contrast times 1 plus or minus up to this, around the mean of each image.</summary>
internal sealed class Contrast() : Augmentation(new NumberSetting("contrast", "Images: contrast times 1 plus or minus up to this, around the mean of each image. 0 = off.", 0, 0, 1))
{
    public override SampleKind Kind => SampleKind.Image;

    public override torch.Tensor Apply(torch.Tensor x, double strength, Random random)
    {
        var draws = new float[x.shape[0]];
        for (var i = 0; i < draws.Length; i++)
            draws[i] = (float)(1 + Draw(random, strength));
        var mean = x.mean([1, 2, 3], keepdim: true);
        return (x - mean) * torch.tensor(draws, draws.Length, 1, 1, 1) + mean;
    }
}
