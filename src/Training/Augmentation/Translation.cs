using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Moved by up to this part of their size.</summary>
internal sealed class Translation() : GeometricAugmentation(new NumberSetting("translation", "Images: moved by up to this part of their size. 0 = off.", 0, 0, 1))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateTranslation((float)(Draw(random, strength) * width), (float)(Draw(random, strength) * height));
}
