using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Adam with Nesterov's momentum (Dozat, 2016).</summary>
internal sealed class NAdam : IOptimizerKind
{
    public static readonly NumberSetting MomentumDecay = new("momentumDecay", "nadam: how fast its momentum approaches beta1.", 4e-3, 0, 1);

    public string Name => "nadam";

    public string Description => "Adam with Nesterov's momentum (Dozat, 2016).";

    public IReadOnlyList<Setting> Settings => [Beta1, Beta2, MomentumDecay];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.NAdam(
            parameters, s[LearningRate], s[Beta1], s[Beta2], weight_decay: Coupled(s), momentum_decay: s[MomentumDecay]), IsDecoupled(s) ? s[WeightDecay] : 0);
}
