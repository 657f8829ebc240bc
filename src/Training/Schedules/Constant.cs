using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>The learning rate as it is.</summary>
internal sealed class Constant : IScheduleKind
{
    public string Name => "constant";

    public string Description => "The learning rate as it is.";

    public IReadOnlyList<Setting> Settings => [];

    public Schedule Create(SettingValues settings, TrainingLength length) => new FunctionSchedule(_ => 1);
}
