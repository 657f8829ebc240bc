using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Up to the learning rate, then down to nearly nothing, by cosines (Smith and Topin, arXiv 1708.07120), as
/// torch.optim.lr_scheduler.OneCycleLR without its cycle of the momentum.</summary>
internal sealed class OneCycle : IScheduleKind
{
    public static readonly NumberSetting Rise = new("riseFraction", "oneCycle: the part of the updates in which the rate rises.", 0.3, 0, 1, IsLowOpen: true, IsHighOpen: true);
    public static readonly NumberSetting Start = new("startDivisor", "oneCycle: the first rate is the learning rate divided by this.", 25, 1, 1e6);
    public static readonly NumberSetting End = new("endDivisor", "oneCycle: the last rate is the first one divided by this.", 1e4, 1, 1e9);

    public string Name => "oneCycle";

    public string Description => "From learningRate/startDivisor up to the learning rate and down again, once over all updates.";

    public IReadOnlyList<Setting> Settings => [Rise, Start, End];

    public Schedule Create(SettingValues s, TrainingLength length)
    {
        var (peak, last) = (s[Rise] * length.Steps - 1, length.Steps - 1.0);
        var (first, final) = (1 / s[Start], 1 / s[Start] / s[End]);
        return new FunctionSchedule(step => step <= peak
            ? Anneal(first, 1, peak > 0 ? step / peak : 1)
            : Anneal(1, final, Math.Min(1, (step - peak) / (last - peak))));
    }

    private static double Anneal(double from, double to, double part) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * part));
}
