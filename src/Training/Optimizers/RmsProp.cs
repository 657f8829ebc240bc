using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Gradients divided by their root mean square (Hinton, lecture 6e, 2012).</summary>
internal sealed class RmsProp : IOptimizerKind
{
    public static readonly NumberSetting Alpha = new("alpha", "rmsprop: decay of the mean of squared gradients.", 0.99, 0, 1, IsHighOpen: true);

    public string Name => "rmsprop";

    public string Description => "Gradients divided by their root mean square (Hinton, lecture 6e, 2012).";

    public IReadOnlyList<Setting> Settings => [Alpha, Momentum];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.RMSProp(parameters, s[LearningRate], s[Alpha], weight_decay: Coupled(s), momentum: s[Momentum]), IsDecoupled(s) ? s[WeightDecay] : 0);
}
