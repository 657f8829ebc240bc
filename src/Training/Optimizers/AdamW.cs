using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
internal sealed class AdamW : IOptimizerKind
{
    public string Name => "adamw";

    public string Description => "Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).";

    public IReadOnlyList<Setting> Settings => [Beta1, Beta2];

    // The optimizer itself decays: one pass over the weights less than shrinking them before.
    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(groups, parameters => IsDecoupled(s, byDefault: true)
        ? torch.optim.AdamW(parameters, s[LearningRate], s[Beta1], s[Beta2], weight_decay: s[WeightDecay])
        : torch.optim.Adam(parameters, s[LearningRate], s[Beta1], s[Beta2], weight_decay: s[WeightDecay]));
}
