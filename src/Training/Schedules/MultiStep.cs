using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Times gamma at given epochs, as torch.optim.lr_scheduler.MultiStepLR.</summary>
internal sealed class MultiStep : IScheduleKind
{
    public static readonly NumbersSetting Milestones = new(
        "milestones", "multiStep: epochs after which the rate is reduced; empty = after half and three quarters of the epochs.", [], 0, 10_000);

    public string Name => "multiStep";

    public string Description => "Times gamma at each of the milestones.";

    public IReadOnlyList<Setting> Settings => [Milestones, Step.Gamma];

    public Schedule Create(SettingValues s, TrainingLength length)
    {
        IReadOnlyList<double> milestones = s[Milestones] is { Count: > 0 } given ? given : [Math.Floor(length.Epochs * 0.5), Math.Floor(length.Epochs * 0.75)];
        return new FunctionSchedule(step => Math.Pow(s[Step.Gamma], milestones.Count(epoch => step / length.StepsPerEpoch >= epoch)));
    }
}
