using HpoService.Training.Settings;

namespace HpoService.Training.Augmentation;

/// <summary>Every augmentation there is, one line each, in the order in which they are made.</summary>
internal static class AugmentationRegistry
{
    public static IReadOnlyList<Augmentation> All { get; } =
    [
        new HorizontalFlip(),
        new VerticalFlip(),
        new Rotation(),
        new Shear(),
        new Scaling(),
        new Translation(),
        new Crop(),
        new Brightness(),
        new Contrast(),
        new Cutout(),
        new TimeShift(),
        new Noise(),
    ];

    /// <summary>The settings of all.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. All.Select(a => a.Strength)];
}
