using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Left and right exchanged with this probability.</summary>
internal sealed class HorizontalFlip() : GeometricAugmentation(new NumberSetting("horizontalFlip", "Images: left and right exchanged with this probability. 0 = off.", 0, 0, 1))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateScale(random.NextDouble() < strength ? -1 : 1, 1);
}
