using HpoService.Search.Studies;
using HpoService.Training.Augmentation;
using HpoService.Training.DataSets;
using HpoService.Training.Goals;
using HpoService.Training.Loop;
using HpoService.Training.Metrics;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;
using HpoService.Training.Weights;

namespace HpoService.Training.Models;

/// <summary>Every model there is, one line each.</summary>
public static class ModelRegistry
{
    internal static IReadOnlyList<IModel> Models { get; } =
    [
        new Mlp(),
        new Logistic(),
        new Cnn(),
        new ResNet(),
        new Rnn(),
        new Transformer(),
    ];

    /// <summary>The settings that every model has.</summary>
    internal static IReadOnlyList<Setting> TrainingSettings { get; } =
    [
        .. OptimizerRegistry.Settings, .. ScheduleRegistry.Settings, .. LoopSettings.All, .. GoalSettings.All, .. AugmentationRegistry.Settings, .. DataSettings.All,
        .. TransferSettings.All,
    ];

    /// <summary>The rules between those settings.</summary>
    internal static IReadOnlyList<JointRule> TrainingRules { get; } = [.. SecondOrder.Rules, .. ParallelismSetting.Rules, .. DataSettings.Rules];

    /// <summary>What the models are, over the data sets that ship.</summary>
    public static IReadOnlyList<ModelCard> Cards { get; } = CardsWith([]);

    /// <summary>What the models are, over the data sets that ship and registered ones.</summary>
    public static IReadOnlyList<ModelCard> CardsWith(IEnumerable<DataCard> registered)
    {
        (string Name, SampleKind Kind, GoalKind Goal)[] all =
        [
            .. DataSetRegistry.Names.Select(n => (n, DataSetRegistry.Get(n).Kind, DataSetRegistry.Get(n).Goal)), .. registered.Select(d => (d.Name, d.Kind, d.Goal)),
        ];
        return [.. Models.Select(m => CardOf(m, all))];
    }

    /// <summary>What a study over data of a goal optimises when it does not say.</summary>
    public static Objective UsualObjective(GoalKind goal) => MetricRegistry.Usual(goal);

    /// <summary>Trains a model once, on this thread; deterministic for a request when torch has one thread.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="report">Takes a measurement an epoch, or of several trainings one each; false = stop.</param>
    /// <param name="cancellationToken">The process shuts down: throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidSettingsException">The model, the data set or a setting is unknown or out of range.</exception>
    /// <exception cref="TimeoutException">Another of the training's processes does not answer.</exception>
    public static TrainingOutcome Train(TrainingRequest request, Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        var model = Models.FirstOrDefault(m => m.Name == request.Model)
            ?? throw new InvalidSettingsException("/model", $"model must be one of {string.Join(", ", Models.Select(m => m.Name))}, but got '{request.Model}'.");
        return new Trainer(model, request).Train(report, cancellationToken);
    }

    internal static IReadOnlyList<Setting> SettingsOf(IModel model) => [.. model.Settings, .. TrainingSettings];

    internal static IReadOnlyList<JointRule> RulesOf(IModel model) => [.. model.Rules, .. TrainingRules];

    internal static ModelCard CardOf(IModel model, IEnumerable<(string Name, SampleKind Kind, GoalKind Goal)> dataSets)
    {
        var fitting = dataSets.Where(d => model.Takes(d.Kind, d.Goal)).ToArray();
        return new ModelCard(
            model.Name, model.Description, SettingsSchema.Of(SettingsOf(model)), model.Space, [.. fitting.Select(d => d.Name)],
            MetricRegistry.Objectives([.. Enum.GetValues<GoalKind>().Where(g => Enum.GetValues<SampleKind>().Any(k => model.Takes(k, g)))]))
        {
            Spaces = model.Spaces, Rules = RulesOf(model),
        };
    }
}
