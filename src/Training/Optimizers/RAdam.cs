using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Adam that rectifies the variance of its first steps (Liu et al., arXiv 1908.03265).</summary>
internal sealed class RAdam : IOptimizerKind
{
    public string Name => "radam";

    public string Description => "Adam that rectifies the variance of its first steps (Liu et al., arXiv 1908.03265).";

    public IReadOnlyList<Setting> Settings => [Beta1, Beta2];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.RAdam(parameters, s[LearningRate], s[Beta1], s[Beta2], weight_decay: Coupled(s)), IsDecoupled(s) ? s[WeightDecay] : 0);
}
