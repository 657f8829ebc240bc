using HpoService.Training.Settings;

namespace HpoService.Training.Optimizers;

/// <summary>Every optimizer there is, one line each.</summary>
internal static class OptimizerRegistry
{
    public static IReadOnlyList<IOptimizerKind> Kinds { get; } =
    [
        new Sgd(),
        new Nesterov(),
        new Adagrad(),
        new Adadelta(),
        new RmsProp(),
        new Adam(),
        new AdamW(),
        new NAdam(),
        new RAdam(),
        new Lbfgs(),
        new NewtonCg(),
    ];

    public static readonly ChoiceSetting Optimizer = new("optimizer", "How parameters are changed.", "adam", [.. Kinds.Select(k => k.Name)]);

    /// <summary>The settings of all optimizers.</summary>
    public static IReadOnlyList<Setting> Settings { get; } =
    [
        Optimizer, CommonSettings.LearningRate, CommonSettings.WeightDecay, CommonSettings.WeightDecayMode, .. Kinds.SelectMany(k => k.Settings).Distinct(),
    ];

    /// <summary>The optimizer that the settings name.</summary>
    public static Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues settings) =>
        Kinds.First(k => k.Name == settings[Optimizer]).Create(groups, settings);
}
