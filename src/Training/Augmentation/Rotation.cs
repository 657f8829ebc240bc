using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Turned by up to so many degrees.</summary>
internal sealed class Rotation() : GeometricAugmentation(new NumberSetting("rotation", "Images: turned by up to so many degrees. 0 = off.", 0, 0, 180))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateRotation((float)(Draw(random, strength) * Math.PI / 180));
}
