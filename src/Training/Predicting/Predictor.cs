using System.Text.Json;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Weights;
using TorchSharp;

namespace HpoService.Training.Predicting;

/// <summary>Uses a trained model on new rows.</summary>
public static class Predictor
{
    private const int Batch = 256, MostNumbers = 1 << 22, Shown = 100, Kept = 4;
    private static readonly List<((string Folder, DateTime Written) Key, Network Network, ModelFileCard Card)> Models = [];

    /// <summary>What the model in a folder says of rows. One caller at a time.</summary>
    /// <param name="folder">With the files of <see cref="TrainedModel"/>.</param>
    /// <param name="rows">Tables: values by column; images and sequences: nested arrays; text: a string each.</param>
    /// <exception cref="InvalidRowsException">A row is not what the model was trained on.</exception>
    /// <exception cref="InvalidWeightsException">The files do not fit each other, or are of a version that kept too little.</exception>
    public static Predictions Predict(string folder, IReadOnlyList<JsonElement> rows)
    {
        var (network, card) = Load(folder);
        var inputs = card.Inputs ?? throw new InvalidWeightsException("a model's card must say what its inputs are, but got one of an earlier version: train it again.");
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        var items = card.Shape.Kind == SampleKind.Text ? Text(network, card, rows) : Samples(network, card, inputs, rows);
        return new Predictions(
            card.Model, card.DataSet, card.Shape.Goal, [.. inputs.Columns.Select(c => c.Name)], card.Classes, card.Shape.Goal == GoalKind.Regression ? inputs.Targets : [], items);
    }

    private static List<Prediction> Samples(Network network, ModelFileCard card, InputCard inputs, IReadOnlyList<JsonElement> rows)
    {
        var (reader, normalization, result) = (new RowReader(card.Shape.Kind, inputs), card.Normalization(), new List<Prediction>());
        // So many at a time: small rows may stand for large samples.
        var batchSize = Math.Clamp(MostNumbers / Math.Max(card.Shape.Count, inputs.Sizes.Aggregate(1, (product, size) => product * size)), 1, Batch);
        for (var first = 0; first < rows.Count; first += batchSize)
        {
            int[] part = [.. Enumerable.Range(0, Math.Min(batchSize, rows.Count - first))];
            var (values, lengths) = reader.Read(rows, first, part.Length);
            if (card.Shape.Kind == SampleKind.Image && !inputs.Sizes.SequenceEqual(card.Shape.Sizes))
                values = ImageFit.Apply(values, part, inputs.Sizes, card.Shape.Sizes);
            using var scope = torch.NewDisposeScope();
            var batch = torch.tensor(normalization.Apply(values, part), [part.Length, .. card.Shape.Sizes.Select(s => (long)s)]);
            var outputs = network.call(batch, lengths.Length > 0 ? torch.tensor(lengths) : null);
            if (card.Shape.Goal == GoalKind.Classification)
                result.AddRange(Classes(outputs, card.Classes));
            else
                result.AddRange(outputs.contiguous().data<float>().ToArray().Chunk(card.Shape.Outputs).Select(row => new Prediction(
                    Values: row.Select((v, j) => (Name: inputs.Targets[j], Value: card.TargetMean[j] + card.TargetDeviation[j] * v)).ToDictionary(p => p.Name, p => p.Value))));
        }

        return result;
    }

    // The next character after each text, of which the end counts that was a sample's length in training.
    private static List<Prediction> Text(Network network, ModelFileCard card, IReadOnlyList<JsonElement> rows)
    {
        var numbers = new Dictionary<string, long>();
        for (var c = 0; c < card.Classes.Count; c++)
            numbers.TryAdd(card.Classes[c], c);
        var result = new List<Prediction>();
        for (var i = 0; i < rows.Count; i++)
        {
            using var scope = torch.NewDisposeScope();
            if (rows[i].ValueKind != JsonValueKind.String || rows[i].GetString() is not { Length: > 0 } text)
                throw new InvalidRowsException(i, null, $"must be a text, but got {rows[i].ValueKind}.");
            var characters = text.EnumerateRunes().TakeLast(card.Shape.Sizes[0]).ToArray();
            long[] tokens = [.. characters.Select((c, at) => numbers.TryGetValue(c.ToString(), out var token) ? token
                : throw new InvalidRowsException(i, null, $"must have characters that the model has seen, but got '{c}', {characters.Length - at} from its end."))];
            var outputs = network.call(torch.tensor(tokens, [1, tokens.Length]), null);
            result.AddRange(Classes(outputs.select(1, tokens.Length - 1), card.Classes));
        }

        return result;
    }

    private static List<Prediction> Classes(torch.Tensor outputs, IReadOnlyList<string> names) =>
        [.. torch.nn.functional.log_softmax(outputs.to_type(torch.float64), 1).data<double>().ToArray().Select(Math.Exp).Chunk(names.Count).Select(row =>
        {
            int[] order = [.. Enumerable.Range(0, row.Length).OrderByDescending(c => row[c])];
            var shown = row.Length <= Shown ? Enumerable.Range(0, row.Length) : order.Take(Shown);
            return new Prediction(names[order[0]], row[order[0]], shown.ToDictionary(c => names[c], c => row[c]));
        })];

    private static (Network Network, ModelFileCard Card) Load(string folder)
    {
        var key = (folder, File.GetLastWriteTimeUtc(Path.Combine(folder, TrainedModel.CardFile)));
        if (Models.FindIndex(m => m.Key == key) is var at and >= 0)
            return (Models[at].Network, Models[at].Card);
        var (network, card) = TrainedModel.Read(folder);
        Models.Add((key, network, card));
        if (Models.Count > Kept)
        {
            Models[0].Network.Dispose();
            Models.RemoveAt(0);
        }

        return (network, card);
    }
}
