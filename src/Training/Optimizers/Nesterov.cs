using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Stochastic gradient descent with Nesterov's momentum (Sutskever et al., 2013).</summary>
internal sealed class Nesterov : IOptimizerKind
{
    public string Name => "nesterov";

    public string Description => "Stochastic gradient descent with Nesterov's momentum (Sutskever et al., 2013).";

    public IReadOnlyList<Setting> Settings => [Momentum];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.SGD(
            parameters, s[LearningRate], s.Has(Momentum) && s[Momentum] > 0 ? s[Momentum] : 0.9, weight_decay: Coupled(s), nesterov: true), IsDecoupled(s) ? s[WeightDecay] : 0);
}
