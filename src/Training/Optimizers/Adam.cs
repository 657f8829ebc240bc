using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Adaptive moments (Kingma and Ba, arXiv 1412.6980).</summary>
internal sealed class Adam : IOptimizerKind
{
    public string Name => "adam";

    public string Description => "Adaptive moments (Kingma and Ba, arXiv 1412.6980).";

    public IReadOnlyList<Setting> Settings => [Beta1, Beta2];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.Adam(parameters, s[LearningRate], s[Beta1], s[Beta2], weight_decay: Coupled(s)), IsDecoupled(s) ? s[WeightDecay] : 0);
}
