using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Stochastic gradient descent, with heavy-ball momentum (Polyak, 1964) when momentum is above 0.</summary>
internal sealed class Sgd : IOptimizerKind
{
    public static readonly NumberSetting Dampening = new("dampening", "The part of a gradient that sgd's momentum leaves out.", 0, 0, 1);

    public string Name => "sgd";

    public string Description => "Stochastic gradient descent, with heavy-ball momentum (Polyak, 1964) when momentum is above 0.";

    public IReadOnlyList<Setting> Settings => [Momentum, Dampening];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.SGD(parameters, s[LearningRate], s[Momentum], s[Dampening], Coupled(s)), IsDecoupled(s) ? s[WeightDecay] : 0);
}
