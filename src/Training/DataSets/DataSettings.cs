using HpoService.Training.Settings;

namespace HpoService.Training.DataSets;

/// <summary>The settings that every data set has.</summary>
internal static class DataSettings
{
    public static readonly NumberSetting Validation = new("validationFraction", "The part of a data set that a trial is judged by.", 0.2, 0, 0.9, IsLowOpen: true);
    public static readonly NumberSetting Test = new("testFraction", "The part that is only reported at the end, where a data set has none of its own.", 0.2, 0, 0.9);
    public static readonly IntSetting Seed = new("splitSeed", "What the split depends on; the same for all trials, so that they compare.", 20261121, 0, int.MaxValue);
    public static readonly IntSetting Folds = new("folds", "Cross-validation: each trial trains so many networks; 1 = one fixed validation part.", 1, 1, 100);
    public static readonly ChoiceSetting Normalization = new("normalization", "How inputs are scaled, by the training part alone; quantile: to normal scores of their ranks, for skewed ones; not for series.", "standard", ["standard", "minMax", "quantile", "none"]);
    public static readonly IntSetting Context = new("context", "Text: characters a sample; series: moments that a forecast sees.", 32, 1, 100_000);
    public static readonly IntSetting Horizon = new("horizon", "Series: how many moments are forecast.", 1, 1, 10_000);
    public static readonly IntSetting MaxTrain = new("maxTrainSamples", "At most so many samples train; 0 = all.", 0, 0, int.MaxValue);

    public static readonly IntSetting StreamAbove = new(
        "streamAbove", "Tables, images and sequences of more megabytes than this, at 4 bytes a number, are read from disk, batch by batch, instead of being held in memory.",
        512, 0, 1 << 30);

    public static readonly ChoiceSetting TrainOn = new(
        "trainOn", "all: what validates and tests trains too, for a model to be used; its values are then of what it was trained on.", "training", ["training", "all"]);

    public const int MostImageSize = 1024;

    public static readonly IntSetting ImageSize = new("imageSize", "Height and width that images are brought to, by bilinear interpolation; 0 = as they are.", 0, 0, MostImageSize);
    public static readonly IntSetting ImageChannels = new("imageChannels", "1: images become gray; 3: they become colours, as networks trained on photographs want; 0 = as they are.", 0, 0, 3);

    public static IReadOnlyList<Setting> All { get; } = [Validation, Test, Seed, Folds, Normalization, Context, Horizon, MaxTrain, StreamAbove, TrainOn, ImageSize, ImageChannels];

    /// <summary>What they keep between them.</summary>
    public static IReadOnlyList<JointRule> Rules { get; } =
    [
        new("validationFraction", "validationFraction + testFraction < 1 must hold", "validationFraction + testFraction < 1"),
        new("imageChannels", "imageChannels must be 0, 1 or 3", "imageChannels != 2"),
    ];

    /// <summary>The settings of one fold.</summary>
    public static DataOptions Options(SettingValues s, int fold) => new()
    {
        Validation = s[Validation], Test = s[Test], Seed = s[Seed], Folds = s[Folds], Fold = fold, Normalization = s[Normalization],
        Context = s[Context], Horizon = s[Horizon], MaxTrain = s[MaxTrain], TrainOnAll = s[TrainOn] == "all",
        ImageSize = s[ImageSize], ImageChannels = s[ImageChannels],
    };
}
