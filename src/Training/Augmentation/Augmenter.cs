using System.Numerics;
using HpoService.Training.DataSets;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>Makes the augmentations that are on; what it draws depends on the seed and on how many batches it saw.</summary>
internal sealed class Augmenter
{
    private readonly IReadOnlyList<(Augmentation What, double Strength)> _active;
    private readonly Random _random;

    private Augmenter(IReadOnlyList<(Augmentation What, double Strength)> active, long seed) => (_active, _random) = (active, new Random(unchecked((int)(seed * 131 + 7))));

    /// <summary>Null when none is on.</summary>
    /// <exception cref="InvalidSettingsException">One is on that is not for these samples.</exception>
    public static Augmenter? Of(SampleShape shape, SettingValues settings, long seed)
    {
        var active = AugmentationRegistry.All.Select(a => (a, settings[a.Strength])).Where(a => a.Item2 > 0).ToArray();
        if (active.FirstOrDefault(a => a.a.Kind != shape.Kind).a is { } wrong)
            throw new InvalidSettingsException($"/{wrong.Strength.Name}", $"{wrong.Strength.Name} is for samples of the kind {wrong.Kind}, but got a data set of the kind {shape.Kind}.");
        return active.Length > 0 ? new Augmenter(active, seed) : null;
    }

    /// <summary>A changed copy of a batch.</summary>
    public torch.Tensor Apply(torch.Tensor x)
    {
        using var frozen = torch.no_grad();
        if (x.shape.Length == 4)
            x = Geometry(x);
        foreach (var (what, strength) in _active)
            x = what.Apply(x, strength, _random);
        return x;
    }

    // One reading of the image for all maps together: bilinear between pixels, 0 outside.
    private torch.Tensor Geometry(torch.Tensor x)
    {
        var (n, height, width) = ((int)x.shape[0], (int)x.shape[2], (int)x.shape[3]);
        var theta = new float[n * 6];
        var isMoved = false;
        for (var i = 0; i < n; i++)
        {
            var map = Matrix3x2.Identity;
            foreach (var (what, strength) in _active)
                if (what.Map(strength, _random, height, width) is { } next)
                    (map, isMoved) = (map * next, true);
            // From pixels to coordinates in [−1, 1].
            var (toX, toY) = (2f / width, 2f / height);
            (theta[i * 6], theta[i * 6 + 1], theta[i * 6 + 2]) = (map.M11, map.M21 * height / width, map.M31 * toX);
            (theta[i * 6 + 3], theta[i * 6 + 4], theta[i * 6 + 5]) = (map.M12 * width / height, map.M22, map.M32 * toY);
        }

        return isMoved
            ? torch.nn.functional.grid_sample(x, torch.nn.functional.affine_grid(torch.tensor(theta, n, 2, 3), x.shape, align_corners: false), align_corners: false)
            : x;
    }
}
