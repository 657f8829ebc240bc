using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Steps in the units of the parameters; a learning rate near 1 is usual (Zeiler, arXiv 1212.5701).</summary>
internal sealed class Adadelta : IOptimizerKind
{
    public static readonly NumberSetting Rho = new("rho", "adadelta: decay of the means of squares.", 0.9, 0, 1, IsHighOpen: true);

    public string Name => "adadelta";

    public string Description => "Steps in the units of the parameters; a learning rate near 1 is usual (Zeiler, arXiv 1212.5701).";

    public IReadOnlyList<Setting> Settings => [Rho];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) => new FirstOrderStepper(
        groups, parameters => torch.optim.Adadelta(parameters, s[LearningRate], s[Rho], weight_decay: Coupled(s)), IsDecoupled(s) ? s[WeightDecay] : 0);
}
