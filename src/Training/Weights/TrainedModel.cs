using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Training.DataSets;
using HpoService.Training.Loop;
using HpoService.Training.Models;
using HpoService.Training.Networks;
using HpoService.Training.Settings;

namespace HpoService.Training.Weights;

/// <summary>What a trained model needs beside its weights to be built and used again.</summary>
/// <param name="Model">Its kind.</param>
/// <param name="DataSet">What it was trained on.</param>
/// <param name="Settings">The settings and parameters that were given.</param>
/// <param name="Shape">What it takes and gives.</param>
/// <param name="Classes">The classes' names, or the vocabulary.</param>
/// <param name="Shift">Subtracted from each group of inputs (a feature, pixel or channel).</param>
/// <param name="Scale">Multiplied with it then.</param>
/// <param name="TargetMean">Of each output that is a number: raw = mean + deviation·output.</param>
/// <param name="TargetDeviation">See TargetMean.</param>
/// <param name="Seed">Of the training.</param>
/// <param name="Values">The final values.</param>
/// <param name="Inputs">What new samples must look like; null in cards of earlier versions.</param>
/// <param name="Epoch">The epoch whose weights these are.</param>
/// <param name="Curves">What was measured after each epoch.</param>
/// <param name="Confusion">Samples of each class (row) taken for each (column), of the test part, or of the validation part where there is none.</param>
public sealed record ModelFileCard(
    string Model, string DataSet, JsonElement Settings, SampleShape Shape, IReadOnlyList<string> Classes, IReadOnlyList<double> Shift, IReadOnlyList<double> Scale,
    IReadOnlyList<double> TargetMean, IReadOnlyList<double> TargetDeviation, long Seed, IReadOnlyDictionary<string, double> Values,
    InputCard? Inputs = null, int Epoch = 0, IReadOnlyList<Measurement>? Curves = null, IReadOnlyList<IReadOnlyList<int>>? Confusion = null)
{
    /// <summary>What turns raw samples into the network's.</summary>
    internal Normalization Normalization() => Shape.Kind == SampleKind.Text ? DataSets.Normalization.None(Shape.Sizes)
        : DataSets.Normalization.Of(Shape.Kind, Shape.Kind == SampleKind.Table ? Inputs!.Sizes : Shape.Sizes, Inputs!.Columns, Shift, Scale, Inputs.Missing, Inputs.Quantiles);
}

/// <summary>A trained model as files: its weights and its card.</summary>
public static class TrainedModel
{
    /// <summary>The weights, safetensors.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>The card, JSON.</summary>
    public const string CardFile = "model.json";

    internal static void Write(string folder, Network network, TrainingRequest request, DataSet data, SettingValues settings, IReadOnlyDictionary<string, double> values, TrainingLoop loop)
    {
        Directory.CreateDirectory(folder);
        Safetensors.Write(Path.Combine(folder, WeightsFile), Transfer.Save(network), new Dictionary<string, string> { ["model"] = request.Model });
        var card = new ModelFileCard(
            request.Model, request.DataSet ?? "digits", JsonSerializer.SerializeToElement(settings.Given, HpoJson.Options), data.Shape, data.Classes,
            data.Normalization.Shift, data.Normalization.Scale, [.. data.TargetScale.Select(t => t.Mean)], [.. data.TargetScale.Select(t => t.Deviation)], request.Seed,
            Finite(values), data.Inputs, loop.BestEpoch, [.. loop.Curves.Select(m => m with { Values = Finite(m.Values) })], loop.Confusion);
        var temporary = Path.Combine(folder, CardFile + ".part");
        File.WriteAllText(temporary, JsonSerializer.Serialize(card, HpoJson.Options));
        File.Move(temporary, Path.Combine(folder, CardFile), overwrite: true); // last: a card says that the weights are whole
    }

    private static Dictionary<string, double> Finite(IReadOnlyDictionary<string, double> values) => values.Where(v => double.IsFinite(v.Value)).ToDictionary();

    /// <summary>Builds a model from its files.</summary>
    /// <exception cref="InvalidWeightsException">The weights do not fit the card.</exception>
    internal static (Network Network, ModelFileCard Card) Read(string folder)
    {
        var card = JsonSerializer.Deserialize<ModelFileCard>(File.ReadAllText(Path.Combine(folder, CardFile)), HpoJson.Options)!;
        var model = ModelRegistry.Models.First(m => m.Name == card.Model);
        var settings = SettingValues.Of(card.Settings.EnumerateObject().ToDictionary(p => p.Name, p => p.Value), ModelRegistry.SettingsOf(model));
        var network = model.Build(card.Shape, settings);
        var missing = Transfer.Load(network, Safetensors.Read(Path.Combine(folder, WeightsFile)));
        network.eval();
        return missing.Count == 0 ? (network, card) : throw new InvalidWeightsException($"weights must fit their card, but got none for {string.Join(", ", missing)}.");
    }
}
