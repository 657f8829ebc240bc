using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Sheared by up to so many degrees.</summary>
internal sealed class Shear() : GeometricAugmentation(new NumberSetting("shear", "Images: sheared by up to so many degrees. 0 = off.", 0, 0, 80))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateSkew((float)(Draw(random, strength) * Math.PI / 180), 0);
}
