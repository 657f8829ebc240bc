using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Times gamma every epoch, as torch.optim.lr_scheduler.ExponentialLR.</summary>
internal sealed class Exponential : IScheduleKind
{
    public string Name => "exponential";

    public string Description => "Times gamma every epoch; gamma is 0.95 when it is left out.";

    public IReadOnlyList<Setting> Settings => [Schedules.Step.Gamma];

    public Schedule Create(SettingValues s, TrainingLength length)
    {
        var gamma = s.Has(Schedules.Step.Gamma) ? s[Schedules.Step.Gamma] : 0.95;
        return new FunctionSchedule(step => Math.Pow(gamma, step / length.StepsPerEpoch));
    }
}
