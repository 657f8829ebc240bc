using HpoService.Training.DataSets;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Goals;

/// <summary>What is to be learned: how outputs are judged while training and after it.</summary>
internal abstract class Goal
{
    /// <summary>The loss that training lowers.</summary>
    /// <param name="outputs">Of the network.</param>
    /// <param name="targets">Of the same samples.</param>
    public abstract torch.Tensor Loss(torch.Tensor outputs, torch.Tensor targets);

    /// <summary>What the loss of samples counts for in that of a batch: the batch's loss is the mean of its parts' with these weights.</summary>
    public virtual double Weight(torch.Tensor targets) => targets.shape[0];

    /// <summary>The targets of a part.</summary>
    public abstract torch.Tensor Targets(Samples part);

    /// <summary>Collects outputs on a part that is not trained on.</summary>
    public abstract Evaluation Evaluate();

    /// <summary>The goal of a data set.</summary>
    public static Goal Of(DataSet data, SettingValues settings) => data.Shape.Goal switch
    {
        GoalKind.Classification => new Classification(data, settings),
        GoalKind.NextToken => new NextToken(data, settings),
        _ => new Regression(data, settings),
    };
}

/// <summary>Metrics of outputs, collected batch by batch.</summary>
internal abstract class Evaluation
{
    /// <summary>One batch.</summary>
    public abstract void Add(torch.Tensor outputs, torch.Tensor targets);

    /// <summary>The metrics of all batches; <c>loss</c> is among them.</summary>
    public abstract Dictionary<string, double> Metrics();

    /// <summary>How many samples of each class (row) were taken for each (column); null without classes.</summary>
    public virtual int[][]? Confusion() => null;
}

/// <summary>The settings of goals.</summary>
internal static class GoalSettings
{
    public static readonly NumberSetting LabelSmoothing = new(
        "labelSmoothing", "Part of each target that is spread over all classes (Szegedy et al., arXiv 1512.00567).", 0, 0, 1, IsHighOpen: true);

    public static readonly ChoiceSetting ClassWeights = new("classWeights", "balanced: errors in rare classes count more, by 1/frequency.", "none", ["none", "balanced"]);

    public static readonly ChoiceSetting RegressionLoss = new("regressionLoss", "What regression lowers.", "mse", ["mse", "mae", "huber"]);

    public static IReadOnlyList<Setting> All { get; } = [LabelSmoothing, ClassWeights, RegressionLoss];
}
