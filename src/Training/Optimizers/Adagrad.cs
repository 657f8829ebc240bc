using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Steps shrink with the sum of squared gradients (Duchi et al., 2011).</summary>
internal sealed class Adagrad : IOptimizerKind
{
    public static readonly NumberSetting Decay = new("rateDecay", "adagrad: the learning rate is divided by 1 + rateDecay·steps.", 0, 0, 10);

    public string Name => "adagrad";

    public string Description => "Steps shrink with the sum of squared gradients (Duchi et al., 2011).";

    public IReadOnlyList<Setting> Settings => [Decay];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.Adagrad(parameters, s[LearningRate], s[Decay], Coupled(s)), IsDecoupled(s) ? s[WeightDecay] : 0);
}
