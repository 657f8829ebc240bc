using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>A linear rise before any schedule, which begins when it ends, as torch's LinearLR before another in SequentialLR.</summary>
internal sealed class WarmUp(Schedule after, double start, int steps) : Schedule
{
    public static readonly NumberSetting Epochs = new("warmupEpochs", "Epochs in which the learning rate rises linearly before the schedule begins.", 0, 0, 10_000);
    public static readonly NumberSetting Start = new("warmupStart", "The first factor of the learning rate while it warms up.", 0.1, 0, 1, IsLowOpen: true);

    public override double Factor(int step) => step < steps ? start + (1 - start) * step / steps : after.Factor(step - steps);

    public override void Observe(double loss) => after.Observe(loss);
}
