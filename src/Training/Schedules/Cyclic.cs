using HpoService.Training.Settings;

namespace HpoService.Training.Schedules;

/// <summary>Up and down between two rates (Smith, arXiv 1506.01186), as torch.optim.lr_scheduler.CyclicLR; the learning rate is the upper one.</summary>
internal sealed class Cyclic : IScheduleKind
{
    public static readonly NumberSetting Half = new("cycleEpochs", "cyclic: epochs from the lower to the upper rate, and as many back.", 2, 0, 10_000, IsLowOpen: true);
    public static readonly NumberSetting Low = new("cycleLow", "cyclic: the lower rate as a part of the learning rate.", 0.1, 0, 1);
    public static readonly ChoiceSetting Mode = new(
        "cycleMode", "cyclic: triangular; triangular2 halves the height with each cycle; expRange multiplies it by cycleGamma with each update.",
        "triangular", ["triangular", "triangular2", "expRange"]);

    public static readonly NumberSetting Gamma = new("cycleGamma", "cyclic with expRange.", 0.999, 0, 1, IsLowOpen: true);

    public string Name => "cyclic";

    public string Description => "Up and down between cycleLow·learningRate and the learning rate.";

    public IReadOnlyList<Setting> Settings => [Half, Low, Mode, Gamma];

    public Schedule Create(SettingValues s, TrainingLength length)
    {
        var half = Math.Max(1, s[Half] * length.StepsPerEpoch);
        return new FunctionSchedule(step =>
        {
            var cycle = Math.Floor(1 + step / (2 * half));
            var height = Math.Max(0, 1 - Math.Abs(step / half - 2 * cycle + 1));
            var scale = s[Mode] switch
            {
                "triangular2" => Math.Pow(2, 1 - cycle),
                "expRange" => Math.Pow(s[Gamma], step),
                _ => 1,
            };
            return s[Low] + (1 - s[Low]) * height * scale;
        });
    }
}
