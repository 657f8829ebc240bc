using System.Globalization;
using System.Text.Json;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Training.Predicting;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class QuantileTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-quantile").FullName;

    public QuantileTests() => torch.set_num_threads(1);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void Scores_are_normal_quantiles_of_ranks_equal_numbers_have_one_and_outliers_none_beyond_the_ends()
    {
        // scipy.stats.norm.ppf((scipy.stats.rankdata(x) - 0.5) / len(x)) with x = [0, 0, 0, 0, 1, 10, 100, 1000]
        var map = QuantileMap.Fit([1000, 0, 0, 100, 0, 10, 0, 1], 8);
        Assert.Equal([0f, 1, 10, 100, 1000], map.At);
        double[] expected = [-0.67448975, 0.15731068, 0.48877641, 0.88714656, 1.53412054];
        for (var i = 0; i < 5; i++)
            Assert.Equal(expected[i], map.Apply(map.At[i]), 1e-6);
        Assert.Equal((0.15731068 + 0.48877641) / 2, map.Apply(5.5), 1e-6);
        Assert.Equal(expected[0], map.Apply(-1e30), 1e-6);
        Assert.Equal(expected[4], map.Apply(1e30), 1e-6);
        Assert.Equal(3, QuantileMap.Fit([3, 3, 3], 8).Apply(7) + 3, 1e-9); // a constant is 0
    }

    [Fact]
    public void A_skewed_column_becomes_normal_by_its_training_part_alone()
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, 4000).Select(_ => (float)Math.Exp(3 * random.NextDouble() * random.NextDouble()))];
        var raw = new RawSamples(SampleKind.Table) { Sizes = [1], Values = values, Labels = [.. Enumerable.Range(0, 4000).Select(i => i % 2L)] };
        var set = raw.Prepare(new DataOptions { Normalization = "quantile" });
        Assert.Equal(0, set.Train.Features.Average(), 0.01);
        Assert.Equal(1, set.Train.Features.Average(v => v * v), 0.02);
        Assert.Equal(3, set.Train.Features.Average(v => v * v * v * v), 0.25);
        var train = Splits.Stratified(raw.Labels, 0.2, 0.2, 20261121).Train.ToHashSet();
        var others = raw with { Values = [.. values.Select((v, i) => train.Contains(i) ? v : 1e9f)] };
        Assert.Equal(set.Train.Features, others.Prepare(new DataOptions { Normalization = "quantile" }).Train.Features);
    }

    [Fact]
    public void Many_numbers_are_sampled_and_the_sample_is_the_same_each_time()
    {
        var (a, b) = (new Reservoir(100, 3), new Reservoir(100, 3));
        for (var i = 0; i < 100_000; i++)
        {
            a.Add(i);
            b.Add(i);
        }

        Assert.Equal(a.Values, b.Values);
        Assert.Equal(100, a.Values.Distinct().Count());
        Assert.Equal(50_000, a.Values.Average(), 15_000.0); // five deviations
    }

    [Fact]
    public void A_model_s_card_has_what_new_rows_need()
    {
        var random = new Random(2);
        string[] lines = [.. Enumerable.Range(0, 300).Select(i => (Size: Math.Exp(5 * random.NextDouble()), Colour: random.Next(3)))
            .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Size:F4},{"rgb"[r.Colour]},{(Math.Log(r.Size) > 2.5 ^ r.Colour == 1 ? "yes" : "no")}"))];
        var file = Path.Combine(_data, "things.csv");
        File.WriteAllLines(file, ["size,colour,answer", .. lines]);
        new DataSetFolder(_data).Add("things", null, new DataSetSource(file));
        foreach (var kind in new[] { "none", "periodic", "piecewise" })
        {
            var artifacts = Path.Combine(_data, kind);
            var settings = $$"""{"epochs":15,"learningRate":0.02,"normalization":"quantile","featureEmbedding":"{{kind}}"}""";
            var values = Assert.IsType<TrainingOutcome.Completed>(Ask.Train("mlp", settings, "things", folder: _data, artifacts: artifacts).Outcome).Values;
            var predicted = Predictor.Predict(artifacts, [.. lines.Select(l => JsonSerializer.SerializeToElement(new { size = l.Split(',')[0], colour = l.Split(',')[1] }))]);
            var raw = (RawSamples)DataSetCatalog.Get("things", _data);
            var test = Splits.Stratified(raw.Labels, 0.2, 0.2, 20261121).Test;
            Assert.True(values["testAccuracy"] > 0.85, $"{kind} {values["testAccuracy"]}");
            Assert.Equal(values["testLogLoss"], test.Average(i => -Math.Log(predicted.Items[i].Probabilities![lines[i].Split(',')[2]])), 1e-5);
        }
    }

    [Fact]
    public void A_series_whose_forecasts_must_be_brought_back_cannot_have_it() => Assert.Equal("/normalization", Assert.Throws<InvalidSettingsException>(
        () => new RawSeries { Values = [.. Enumerable.Range(0, 50).Select(i => (float)i)], Columns = ["n"] }.Prepare(new DataOptions { Normalization = "quantile", Context = 4 })).Violations[0].Pointer);
}
