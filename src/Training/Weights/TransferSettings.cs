using HpoService.Training.Settings;

namespace HpoService.Training.Weights;

/// <summary>The settings of starting from weights.</summary>
internal static class TransferSettings
{
    public static readonly TextSetting InitialWeights = new(
        "initialWeights", "Weights to start from: a file in weights of the data folder, or the model of an earlier trial as trial:STUDY-ID/NUMBER. What differs in shape, such as the head, starts afresh.");

    public static readonly IntSetting FreezeLayers = new("freezeLayers", "So many of the network's parts, counted from the input, keep their weights; -1 = all but the head.", 0, -1, 10_000);
    public static readonly NumberSetting FineTuneRate = new("fineTuneRate", "Factor of the learning rate for everything but the head.", 1, 0, 1, IsLowOpen: true);

    public static IReadOnlyList<Setting> All { get; } = [InitialWeights, FreezeLayers, FineTuneRate];
}
