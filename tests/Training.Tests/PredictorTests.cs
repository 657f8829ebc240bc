using System.Globalization;
using System.Text.Json;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Training.Predicting;
using HpoService.Training.Weights;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class PredictorTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-predict").FullName;

    public PredictorTests() => torch.set_num_threads(1);

    private string Artifacts => Path.Combine(_data, "model");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void New_rows_of_a_table_go_the_way_that_the_test_part_went()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 200).Select(i => (Size: random.NextDouble() * 10, Colour: random.Next(3), Gap: random.Next(5) == 0)).ToArray();
        var lines = rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{(r.Gap ? "?" : $"{r.Size:F3}")},{"rgb"[r.Colour]},{(r.Size > 5 ^ r.Colour == 1 ? "yes" : "no")}")).ToArray();
        var raw = Add("things", "size,colour,answer", lines);
        var values = Train("mlp", """{"epochs":8,"learningRate":0.05}""", "things");
        var predicted = Predict([.. lines.Select(l => Row(l, "size", "colour"))]);
        var test = Splits.Stratified(raw.Labels, 0.2, 0.2, 20261121).Test;
        Assert.Equal(values["testAccuracy"], test.Average(i => predicted.Items[i].Class == lines[i].Split(',')[2] ? 1.0 : 0), 1e-9);
        Assert.Equal(values["testLogLoss"], test.Average(i => -Math.Log(predicted.Items[i].Probabilities![lines[i].Split(',')[2]])), 1e-5);
        Assert.All(predicted.Items, p => Assert.Equal(1, p.Probabilities!.Values.Sum(), 1e-6));
        Assert.Equal(["size", "colour"], predicted.Columns);
        Assert.Equal(["no", "yes"], predicted.Classes);
        // Numbers as numbers, and the target along with its row, are the same row.
        Assert.Equal(Predict(["""{"size":"4.5","colour":"r"}"""]).Items[0].Probability, Predict(["""{"size":4.5,"colour":"r","answer":"yes"}"""]).Items[0].Probability);
    }

    [Theory]
    [InlineData("""{"size":"big","colour":"r"}""", "/rows/1/size", "row 1, column size must be a number, but got 'big'")]
    [InlineData("""{"size":1,"colour":"x"}""", "/rows/1/colour", "must be one of g, r, or null, but got 'x'")]
    [InlineData("""{"size":1}""", "/rows/1/colour", "but got nothing")]
    [InlineData("""{"size":1,"colour":"r","weight":2}""", "/rows/1", "but got 'weight'")]
    [InlineData("""{"size":[1],"colour":"r"}""", "/rows/1/size", "but got Array")]
    [InlineData("[1,2]", "/rows/1", "must be an object")]
    public void A_row_that_is_none_is_refused_by_number_and_column(string row, string pointer, string text)
    {
        Add("few", "size,colour,answer", [.. Enumerable.Range(0, 40).Select(i => $"{i},{"rg"[i % 2]},{i % 2}")]);
        Train("mlp", """{"epochs":1}""", "few");
        var error = Assert.Throws<InvalidRowsException>(() => Predict(["""{"size":null,"colour":null}""", row]));
        Assert.Equal(pointer, error.Violations[0].Pointer);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_come_back_in_the_target_s_own_units_and_need_no_named_objective()
    {
        var lines = Enumerable.Range(0, 120).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 12},{i % 7},{1000 + 20.5 * (i % 12)}")).ToArray();
        Add("line", "x,y,price", lines);
        Train("mlp", """{"epochs":60,"learningRate":0.02}""", "line");
        var predicted = Predict(["""{"x":3,"y":1}""", """{"x":9,"y":2}"""]);
        Assert.Equal(1061.5, predicted.Items[0].Values!["price"], 20.0);
        Assert.Equal(1184.5, predicted.Items[1].Values!["price"], 20.0);
        Assert.Equal(["mse", "accuracy", "accuracy"], new[] { GoalKind.Regression, GoalKind.Classification, GoalKind.NextToken }.Select(g => Models.ModelRegistry.UsualObjective(g).Metric));
    }

    [Fact]
    public void Images_are_brought_to_the_network_s_size_and_colours()
    {
        Train("cnn", """{"epochs":3,"blocks":1,"channels":8,"imageSize":12,"imageChannels":3,"maxTrainSamples":300}""", "digits");
        var digits = (RawSamples)DataSetRegistry.Get("digits");
        var rows = Enumerable.Range(0, 60).Select(i => $"[{string.Join(',', Enumerable.Range(0, 8).Select(y => $"[{string.Join(',', digits.Values.Skip(i * 64 + y * 8).Take(8))}]"))}]").ToArray();
        var predicted = Predict(rows);
        Assert.True(predicted.Items.Select((p, i) => p.Class == $"{digits.Labels[i]}" ? 1.0 : 0).Average() > 0.6);
        Assert.Contains("8 x 8", Assert.Throws<InvalidRowsException>(() => Predict(["[[1,2],[3,4]]"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sequences_may_be_shorter_texts_end_where_the_next_character_is_wanted_and_series_go_on()
    {
        var zip = Path.Combine(_data, "s.zip");
        using (var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Create))
            for (var i = 0; i < 40; i++)
                using (var writer = new StreamWriter(archive.CreateEntry($"{(i % 2 == 0 ? "up" : "down")}/{i}.csv").Open()))
                    for (var t = 0; t < 3 + i % 4; t++)
                        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? t : -t)},{i % 3}"));
        new DataSetFolder(_data).Add("walks", "sequences", new DataSetSource(zip));
        Train("rnn", """{"epochs":15,"learningRate":0.02,"hidden":16}""", "walks");
        Assert.Equal(["up", "down"], Predict(["[[0,1],[1,1],[2,1]]", "[[0,2],[-1,2],[-2,2],[-3,2]]"]).Items.Select(p => p.Class));
        Assert.Contains("1 to 6 moments", Assert.Throws<InvalidRowsException>(() => Predict(["[]"])).Message, StringComparison.Ordinal);

        var text = Path.Combine(_data, "t.txt");
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("abcd", 300)));
        new DataSetFolder(_data).Add("letters", null, new DataSetSource(text));
        Train("rnn", """{"epochs":6,"learningRate":0.05,"hidden":16,"context":8}""", "letters");
        Assert.Equal(["c", "a"], Predict(["\"ab\"", "\"abcdabcdabcdabcd\""]).Items.Select(p => p.Class));
        Assert.Contains("'x', 1 from its end", Assert.Throws<InvalidRowsException>(() => Predict(["\"abx\""])).Message, StringComparison.Ordinal);

        var series = Path.Combine(_data, "r.csv");
        File.WriteAllLines(series, ["n", .. Enumerable.Range(0, 200).Select(i => $"{100 + 10 * (i % 4)}")]);
        new DataSetFolder(_data).Add("waves", "series", new DataSetSource(series));
        Train("mlp", """{"epochs":40,"learningRate":0.02,"context":4,"horizon":2}""", "waves");
        var next = Predict(["[[100],[110],[120],[130]]"]).Items[0].Values!;
        Assert.Equal((100, 110), (Math.Round(next["n+1"] / 10) * 10, Math.Round(next["n+2"] / 10) * 10));
    }

    [Fact]
    public void Characters_beyond_the_first_plane_are_whole()
    {
        var text = Path.Combine(_data, "e.txt");
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("🙂🙃é\n", 200)));
        Assert.Equal(["\n", "é", "🙂", "🙃"], new DataSetFolder(_data).Add("faces", null, new DataSetSource(text)).Classes);
        Train("rnn", """{"epochs":6,"learningRate":0.05,"hidden":16,"context":8}""", "faces");
        Assert.Equal(["🙃", "é"], Predict(["\"\\n🙂\"", "\"🙂🙃\""]).Items.Select(p => p.Class));
        Assert.Contains("'🙁', 1 from its end", Assert.Throws<InvalidRowsException>(() => Predict(["\"🙂🙁\""])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_small_rows_take_no_more_memory_than_a_batch_of_samples()
    {
        Train("mlp", """{"epochs":1}""", "digits");
        JsonElement[] rows = [.. Enumerable.Repeat(JsonDocument.Parse("[]").RootElement, 100_000)];
        Assert.Throws<InvalidRowsException>(() => Predictor.Predict(Artifacts, rows)); // the model is read
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidRowsException>(() => Predictor.Predict(Artifacts, rows));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    [Fact]
    public void A_card_has_the_learning_curves_and_the_confusion_of_the_test_part()
    {
        var values = Train("mlp", """{"epochs":6,"patience":2,"learningRate":0.01}""", "digits");
        var card = JsonDocument.Parse(File.ReadAllText(Path.Combine(Artifacts, TrainedModel.CardFile))).RootElement;
        var matrix = card.GetProperty("confusion").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetInt32()).ToArray()).ToArray();
        Assert.Equal(10, matrix.Length);
        Assert.Equal(values["testAccuracy"], matrix.Select((r, i) => r[i]).Sum() / (double)matrix.Sum(r => r.Sum()), 1e-9);
        var curve = card.GetProperty("curves").EnumerateArray().Select(m => m.GetProperty("values").GetProperty("loss").GetDouble()).ToArray();
        Assert.Equal(1 + Array.IndexOf(curve, curve.Min()), card.GetProperty("epoch").GetInt32());
    }

    [Fact]
    public void Training_on_all_data_leaves_nothing_out_and_stops_where_it_is_told()
    {
        var (outcome, measurements) = Ask.Train("mlp", """{"epochs":5,"stopAfter":2,"trainOn":"all","patience":1,"folds":3}""", artifacts: Artifacts);
        var values = Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
        Assert.Equal(2, measurements.Count);
        Assert.DoesNotContain("testAccuracy", values.Keys);
        var all = DataSetRegistry.Get("digits").Prepare(new DataOptions { TrainOnAll = true });
        Assert.Equal((1797, 0), (all.Train.Count, all.Test.Count));
        var series = new RawSeries { Values = [.. Enumerable.Range(0, 50).Select(i => (float)i)], Columns = ["n"] }.Prepare(new DataOptions { TrainOnAll = true, Context = 4 });
        Assert.Equal(46, series.Train.Count);
        Assert.Equal(19, RawText.Of("abcdefghij").Prepare(new DataOptions { TrainOnAll = true, Context = 1 }).Train.Count + 10);
    }

    [Fact]
    public void Images_are_resized_as_torch_does_and_gray_becomes_colours_and_back()
    {
        // torch.nn.functional.interpolate(torch.arange(6.).reshape(1, 1, 2, 3), size=(4, 4), mode="bilinear", align_corners=False)
        float[] expected = [0, 0.625f, 1.375f, 2, 0.75f, 1.375f, 2.125f, 2.75f, 2.25f, 2.875f, 3.625f, 4.25f, 3, 3.625f, 4.375f, 5];
        var resized = ImageFit.Apply([0, 1, 2, 3, 4, 5], [0], [1, 2, 3], [1, 4, 4]);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], resized[i], 1e-5f);
        Assert.Equal([1, 2, 1, 2, 1, 2], ImageFit.Apply([1, 2], [0], [1, 1, 2], [3, 1, 2]));
        Assert.Equal(0.299f * 10 + 0.587f * 20 + 0.114f * 30, ImageFit.Apply([10, 20, 30], [0], [3, 1, 1], [1, 1, 1])[0], 1e-4f);
    }

    private static string Row(string line, params string[] names) =>
        JsonSerializer.Serialize(line.Split(',').Take(names.Length).Select((v, j) => (names[j], v)).ToDictionary(p => p.Item1, p => p.v));

    private RawSamples Add(string name, string header, string[] lines)
    {
        var file = Path.Combine(_data, $"{name}.csv");
        File.WriteAllLines(file, [header, .. lines]);
        new DataSetFolder(_data).Add(name, null, new DataSetSource(file));
        return (RawSamples)DataSetCatalog.Get(name, _data);
    }

    private IReadOnlyDictionary<string, double> Train(string model, string settings, string dataSet)
    {
        if (Directory.Exists(Artifacts))
            Directory.Delete(Artifacts, recursive: true);
        return Assert.IsType<TrainingOutcome.Completed>(Ask.Train(model, settings, dataSet, folder: _data, artifacts: Artifacts).Outcome).Values;
    }

    private Predictions Predict(params string[] rows) => Predictor.Predict(Artifacts, [.. rows.Select(r => JsonDocument.Parse(r).RootElement)]);
}
