using HpoService.Training.Settings;

namespace HpoService.Training.Loop;

/// <summary>The settings of the training loop itself.</summary>
internal static class LoopSettings
{
    public static readonly IntSetting Epochs = new("epochs", "Passes over the training part.", 20, 1, 10_000);
    public static readonly IntSetting StopAfter = new("stopAfter", "Ends training after so many of the epochs, with the schedule as it is for all of them; 0 = all.", 0, 0, 10_000);
    public static readonly IntSetting BatchSize = new("batchSize", "Samples a forward pass.", 32, 1, 1_000_000);
    public static readonly IntSetting Accumulation = new("accumulation", "Batches whose gradients are added up for one step.", 1, 1, 10_000);
    public static readonly IntSetting Repeats = new("repeats", "Trainings with other seeds; values are their means, with the deviations as …Std.", 1, 1, 100);

    public static IReadOnlyList<Setting> All { get; } =
    [
        Epochs, StopAfter, BatchSize, Accumulation, Repeats,
        Regularization.Penalty.L1, Regularization.Penalty.L2, Regularization.GradientClipping.Norm, Regularization.GradientClipping.Value,
        Regularization.WeightAverage.Decay, Regularization.EarlyStopping.Patience, Regularization.EarlyStopping.Metric, Regularization.Mixup.Alpha, Networks.Initialization.Kind, Parallel.ParallelismSetting.Setting,
    ];
}
