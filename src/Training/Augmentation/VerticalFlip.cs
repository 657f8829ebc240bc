using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Top and bottom exchanged with this probability.</summary>
internal sealed class VerticalFlip() : GeometricAugmentation(new NumberSetting("verticalFlip", "Images: top and bottom exchanged with this probability. 0 = off.", 0, 0, 1))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateScale(1, random.NextDouble() < strength ? -1 : 1);
}
