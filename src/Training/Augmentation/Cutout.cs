using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>A square with sides of this part of the image set to 0 at a random place (DeVries and Taylor, arXiv 1708.04552).</summary>
internal sealed class Cutout() : Augmentation(new NumberSetting("cutout", "Images: a square with sides of this part of the image set to 0 at a random place (DeVries and Taylor, arXiv 1708.04552). 0 = off.", 0, 0, 1))
{
    public override SampleKind Kind => SampleKind.Image;

    public override torch.Tensor Apply(torch.Tensor x, double strength, Random random)
    {
        var (n, height, width) = ((int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
        var (sideY, sideX) = ((int)Math.Round(strength * height), (int)Math.Round(strength * width));
        var kept = new float[n * height * width];
        Array.Fill(kept, 1);
        for (var i = 0; i < n; i++)
        {
            // Its centre lies anywhere in the image: a part of it may lie outside.
            var (top, left) = (random.Next(height) - sideY / 2, random.Next(width) - sideX / 2);
            for (var row = Math.Max(0, top); row < Math.Min(height, top + sideY); row++)
                kept.AsSpan((i * height + row) * width)[Math.Max(0, left)..Math.Clamp(left + sideX, 0, width)].Clear();
        }

        return x * torch.tensor(kept, n, 1, height, width);
    }
}
