using HpoService.Training.Settings;
using TorchSharp.Modules;

namespace HpoService.Training.Optimizers;

/// <summary>A way to change parameters, by name.</summary>
internal interface IOptimizerKind
{
    /// <summary>The value of the setting <c>optimizer</c>.</summary>
    string Name { get; }

    /// <summary>What it is and where it comes from.</summary>
    string Description { get; }

    /// <summary>Its own settings; one may be shared with other optimizers.</summary>
    IReadOnlyList<Setting> Settings { get; }

    /// <summary>Over groups of parameters.</summary>
    Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues settings);
}

/// <summary>Parameters with one learning rate: the current one times a factor.</summary>
internal sealed record ParameterGroup(IReadOnlyList<Parameter> Parameters, double RateFactor = 1);

/// <summary>The settings that every optimizer has.</summary>
internal static class CommonSettings
{
    public static readonly NumberSetting LearningRate = new("learningRate", "Step size; schedules multiply it.", 1e-3, 0, 1e6, IsLowOpen: true);

    public static readonly NumberSetting WeightDecay = new("weightDecay", "Weight decay; see weightDecayMode.", 0, 0, 10);

    public static readonly ChoiceSetting WeightDecayMode = new(
        "weightDecayMode", "coupled: an L2 penalty in the gradient; decoupled: weights shrink by learningRate·weightDecay before a step; auto: decoupled for adamw, else coupled.",
        "auto", ["auto", "coupled", "decoupled"]);

    public static readonly NumberSetting Momentum = new("momentum", "Momentum of sgd and rmsprop; nesterov takes 0.9 when it is left out.", 0, 0, 1, IsHighOpen: true);

    public static readonly NumberSetting Beta1 = new("beta1", "Decay of the mean of gradients: adam and its kin.", 0.9, 0, 1, IsHighOpen: true);

    public static readonly NumberSetting Beta2 = new("beta2", "Decay of the mean of squared gradients: adam and its kin.", 0.999, 0, 1, IsHighOpen: true);

    /// <summary>The coupled decay that the optimizer itself is to apply.</summary>
    public static double Coupled(SettingValues s, bool decouplesByItself = false) =>
        IsDecoupled(s, decouplesByItself) ? 0 : s[WeightDecay];

    /// <summary>Whether weights shrink by themselves.</summary>
    public static bool IsDecoupled(SettingValues s, bool byDefault = false) => s[WeightDecayMode] == "decoupled" || byDefault && s[WeightDecayMode] == "auto";
}
