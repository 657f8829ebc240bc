using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Every schedule there is, one line each.</summary>
internal static class ScheduleRegistry
{
    public static IReadOnlyList<IScheduleKind> Kinds { get; } =
    [
        new Constant(),
        new Step(),
        new MultiStep(),
        new Exponential(),
        new Cosine(),
        new Cyclic(),
        new OneCycle(),
        new ReduceOnPlateau(),
    ];

    public static readonly ChoiceSetting Schedule = new("schedule", "The learning rate over time.", "constant", [.. Kinds.Select(k => k.Name)]);

    /// <summary>The settings of all schedules.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [Schedule, WarmUp.Epochs, WarmUp.Start, .. Kinds.SelectMany(k => k.Settings).Distinct()];

    /// <summary>The schedule that the settings name, after its warm-up; together they are as long as the training.</summary>
    public static Schedule Create(SettingValues s, TrainingLength length)
    {
        var warmup = (int)Math.Round(s[WarmUp.Epochs] * length.StepsPerEpoch);
        var kind = Kinds.First(k => k.Name == s[Schedule]);
        if (warmup == 0)
            return kind.Create(s, length);
        var rest = length with { Epochs = Math.Max(1, length.Epochs - (int)Math.Round(s[WarmUp.Epochs])) };
        return new WarmUp(kind.Create(s, rest), s[WarmUp.Start], warmup);
    }
}
