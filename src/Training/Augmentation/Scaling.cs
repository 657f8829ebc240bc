using System.Numerics;
using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Larger or smaller by up to this part.</summary>
internal sealed class Scaling() : GeometricAugmentation(new NumberSetting("scaling", "Images: larger or smaller by up to this part. 0 = off.", 0, 0, 0.9))
{
    public override Matrix3x2? Map(double strength, Random random, int height, int width) =>
        Matrix3x2.CreateScale((float)(1 / (1 + Draw(random, strength))));
}
