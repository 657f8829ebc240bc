using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Half a cosine from the learning rate to a fraction of it, with warm restarts (Loshchilov and Hutter, arXiv 1608.03983), as
/// torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, smooth over the updates.</summary>
internal sealed class Cosine : IScheduleKind
{
    public static readonly NumberSetting Floor = new("rateFloor", "cosine: the smallest factor of the learning rate.", 0, 0, 1);
    public static readonly NumberSetting Period = new("cosineEpochs", "cosine: epochs until the first restart; 0 = all epochs, no restart.", 0, 0, 10_000);
    public static readonly NumberSetting Growth = new("cosineGrowth", "cosine: how much longer each period is than the one before.", 1, 1, 10);

    public string Name => "cosine";

    public string Description => "Half a cosine down to rateFloor, over cosineEpochs and then again.";

    public IReadOnlyList<Setting> Settings => [Floor, Period, Growth];

    public Schedule Create(SettingValues s, TrainingLength length) => new FunctionSchedule(step =>
    {
        var (period, t) = ((s[Period] > 0 ? s[Period] : length.Epochs) * length.StepsPerEpoch, (double)step);
        while (s[Period] > 0 && t >= period)
            (t, period) = (t - period, period * s[Growth]);
        return s[Floor] + (1 - s[Floor]) * (1 + Math.Cos(Math.PI * Math.Min(t / period, 1))) / 2;
    });
}
