using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Padded by so many pixels on each side, and a random part of the old size cut out.</summary>
internal sealed class Crop() : GeometricAugmentation(new NumberSetting("crop", "Images: padded by so many pixels on each side, and a random part of the old size cut out. 0 = off.", 0, 0, 1000))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateTranslation(random.Next(-(int)strength, (int)strength + 1), random.Next(-(int)strength, (int)strength + 1));
}
