using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Times a factor once the validation loss no longer falls, as torch.optim.lr_scheduler.ReduceLROnPlateau.</summary>
internal sealed class ReduceOnPlateau : IScheduleKind
{
    public static readonly NumberSetting ReduceFactor = new("plateauFactor", "reduceOnPlateau: what the rate is multiplied by.", 0.1, 0, 1, IsLowOpen: true, IsHighOpen: true);
    public static readonly IntSetting Patience = new("plateauPatience", "reduceOnPlateau: epochs without a better loss that are let pass.", 10, 0, 10_000);
    public static readonly NumberSetting Threshold = new("plateauThreshold", "reduceOnPlateau: a loss is better when it is below the best one times 1 minus this.", 1e-4, 0, 1);

    public string Name => "reduceOnPlateau";

    public string Description => "Times plateauFactor once the validation loss has not fallen for more than plateauPatience epochs.";

    public IReadOnlyList<Setting> Settings => [ReduceFactor, Patience, Threshold];

    public Schedule Create(SettingValues s, TrainingLength length) => new Plateau(s[ReduceFactor], s[Patience], s[Threshold]);

    private sealed class Plateau(double reduce, int patience, double threshold) : Schedule
    {
        private double _best = double.PositiveInfinity, _factor = 1;
        private int _bad;

        public override double Factor(int step) => _factor;

        public override void Observe(double loss)
        {
            if (loss < _best * (1 - threshold))
                (_best, _bad) = (loss, 0);
            else if (++_bad > patience)
                (_factor, _bad) = (_factor * reduce, 0);
        }
    }
}
