using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Times gamma every few epochs, as torch.optim.lr_scheduler.StepLR.</summary>
internal sealed class Step : IScheduleKind
{
    public static readonly IntSetting Size = new("stepEpochs", "step: epochs between two reductions.", 10, 1, 10_000);
    public static readonly NumberSetting Gamma = new("gamma", "step, multiStep: what the learning rate is multiplied by at a reduction; exponential: every epoch.", 0.1, 0, 1, IsLowOpen: true);

    public string Name => "step";

    public string Description => "Times gamma every stepEpochs epochs.";

    public IReadOnlyList<Setting> Settings => [Size, Gamma];

    public Schedule Create(SettingValues s, TrainingLength length) =>
        new FunctionSchedule(step => Math.Pow(s[Gamma], step / length.StepsPerEpoch / s[Size]));
}
