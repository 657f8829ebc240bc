using System.Numerics;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>A random change of training samples that leaves their targets true.</summary>
internal abstract class Augmentation(NumberSetting strength)
{
    /// <summary>How strong it is; 0 = off.</summary>
    public NumberSetting Strength => strength;

    /// <summary>What it changes.</summary>
    public abstract SampleKind Kind { get; }

    /// <summary>Changes a batch, shape [n, channels, height, width] or [n, time, d].</summary>
    public virtual torch.Tensor Apply(torch.Tensor x, double strength, Random random) => x;

    /// <summary>Where a pixel comes from, in pixels from the centre; all such maps of a sample are made in one reading.</summary>
    public virtual Matrix3x2? Map(double strength, Random random, int height, int width) => null;

    /// <summary>Uniform in ±strength.</summary>
    protected static double Draw(Random random, double strength) => (random.NextDouble() * 2 - 1) * strength;
}

/// <summary>A geometric change of images.</summary>
internal abstract class GeometricAugmentation(NumberSetting strength) : Augmentation(strength)
{
    public override SampleKind Kind => SampleKind.Image;
}
