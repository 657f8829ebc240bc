using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>How long a training is.</summary>
/// <param name="StepsPerEpoch">Updates an epoch.</param>
/// <param name="Epochs">Passes over the training part.</param>
internal sealed record TrainingLength(int StepsPerEpoch, int Epochs)
{
    /// <summary>Updates in all.</summary>
    public int Steps => StepsPerEpoch * Epochs;
}

/// <summary>The learning rate over time.</summary>
internal abstract class Schedule
{
    /// <summary>The factor of the learning rate for an update.</summary>
    /// <param name="step">Updates made before, from 0.</param>
    public abstract double Factor(int step);

    /// <summary>Hears the validation loss after each epoch.</summary>
    public virtual void Observe(double loss)
    {
    }
}

/// <summary>A kind of schedule, by name.</summary>
internal interface IScheduleKind
{
    /// <summary>The value of the setting <c>schedule</c>.</summary>
    string Name { get; }

    /// <summary>What it is and where it comes from.</summary>
    string Description { get; }

    /// <summary>Its own settings.</summary>
    IReadOnlyList<Setting> Settings { get; }

    Schedule Create(SettingValues settings, TrainingLength length);
}

/// <summary>A schedule that is a function of the update.</summary>
internal sealed class FunctionSchedule(Func<int, double> factor) : Schedule
{
    public override double Factor(int step) => factor(step);
}
