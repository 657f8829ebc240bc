using System.Globalization;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Training.Models;
using HpoService.Training.Networks;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class FeatureEmbeddingTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-features").FullName;

    public FeatureEmbeddingTests() => torch.set_num_threads(1);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void Sines_and_bins_are_those_of_the_paper_and_categories_stay_as_they_are()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        float[] x = [0.3f, 1, 0, -0.7f, -1.9f, 0, 1, 2.5f];
        foreach (var kind in new[] { "periodic", "piecewise" })
        {
            using var layer = new FeatureEmbedding(4, [0, 3], kind, 3, 5, 0.5);
            var (tensors, outputs) = (layer.named_parameters().ToDictionary(p => p.name, p => Floats(p.parameter)), Floats(layer.call(torch.tensor(x, 2, 4))));
            Assert.Equal(12, layer.Outputs);
            for (var n = 0; n < 2; n++)
            {
                for (var f = 0; f < 2; f++)
                {
                    var terms = kind == "periodic" ? Waves(x[4 * n + 3 * f], tensors["frequencies"][(3 * f)..(3 * f + 3)]) : Bins(x[4 * n + 3 * f]);
                    for (var j = 0; j < 5; j++)
                        Assert.Equal(
                            Math.Max(0, terms.Select((t, k) => t * tensors["weight"][(f * terms.Length + k) * 5 + j]).Sum() + tensors["bias"][5 * f + j]), outputs[12 * n + 5 * f + j], 1e-4);
                }

                Assert.Equal([x[4 * n + 1], x[4 * n + 2]], outputs[(12 * n + 10)..(12 * n + 12)]);
            }
        }

        static double[] Waves(double v, float[] c) => [.. c.Select(f => Math.Sin(2 * Math.PI * f * v)), .. c.Select(f => Math.Cos(2 * Math.PI * f * v))];

        // scipy.stats.norm.ppf([1/8, 3/8, 5/8, 7/8])
        static double[] Bins(double v)
        {
            double[] e = [-1.15034938, -0.31863936, 0.31863936, 1.15034938];
            var raw = Enumerable.Range(0, 3).Select(t => (v - e[t]) / (e[t + 1] - e[t])).ToArray();
            return [Math.Min(1, raw[0]), Math.Clamp(raw[1], 0, 1), Math.Max(0, raw[2])];
        }
    }

    [Theory]
    [InlineData("periodic")]
    [InlineData("piecewise")]
    public void Every_parameter_gets_its_gradient_alone_and_in_a_study_s_way_of_starting(string kind)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(2);
        var shape = new SampleShape(SampleKind.Table, GoalKind.Classification, [6], 3) { Numbers = [0, 1, 5] };
        using var network = ModelRegistry.Models.Single(m => m.Name == "mlp").Build(shape, Ask.Settings($$"""{"featureEmbedding":"{{kind}}","featureWidth":8,"featureFrequency":0.2}"""));
        var before = network.named_parameters().Where(p => p.name.StartsWith("features", StringComparison.Ordinal)).ToDictionary(p => p.name, p => Floats(p.parameter));
        foreach (var way in Initialization.Kind.Choices)
            Initialization.Apply(network, way);
        Assert.All(before.Where(p => !p.Key.EndsWith("bias", StringComparison.Ordinal)), p => Assert.Equal(p.Value, Floats(network.named_parameters().Single(q => q.name == p.Key).parameter)));
        network.call(torch.randn(32, 6), null).pow(2).sum().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().ToDouble() is > 0 and < 1e9, p.name));
        Assert.Equal(network.named_parameters().Count() + network.named_buffers().Count(), network.Layers.SelectMany(l => l.Tensors).Count());
    }

    [Theory]
    [InlineData("none", 0.35, 0.8)]
    [InlineData("periodic", 0.85, 1)]
    [InlineData("piecewise", 0.85, 1)]
    public void What_goes_up_and_down_in_a_number_is_learned_by_its_vector(string kind, double low, double high)
    {
        // Eight bands of one number on a scale of 1 to e^6, in turns yes and no: a narrow network without vectors bends too little.
        var random = new Random(5);
        var lines = Enumerable.Range(0, 600).Select(_ => random.NextDouble()).Select(u => string.Create(
            CultureInfo.InvariantCulture, $"{Math.Exp(6 * u):G6},{random.Next(3)},{((int)(8 * u) % 2 == 0 ? "yes" : "no")}"));
        Add("bands", "x,y,answer", lines);
        var values = Ask.Values(
            "mlp", $$"""{"epochs":30,"learningRate":0.01,"hidden":16,"normalization":"quantile","featureEmbedding":"{{kind}}","featureFrequency":1}""", "bands", folder: _data);
        Assert.InRange(values["testAccuracy"], low, high);
    }

    [Fact]
    public void Images_have_no_numbers_of_a_table() => Assert.Equal(
        "/featureEmbedding", Assert.Throws<InvalidSettingsException>(() => Ask.Train("mlp", """{"featureEmbedding":"periodic"}""")).Violations[0].Pointer);

    [Fact]
    public void The_spaces_of_kinds_ask_for_settings_that_there_are_and_can_be_built() => Assert.All(ModelRegistry.Models.SelectMany(m => m.Spaces.Select(s => (m, s.Key, s.Value))), entry =>
    {
        var settings = ModelRegistry.SettingsOf(entry.m).Select(s => s.Name).ToHashSet();
        Assert.NotEmpty(new Search.Spaces.SearchSpace(entry.Value).Parameters);
        Assert.All(entry.Value, p => Assert.Contains(p.Name, settings));
        Assert.Contains(Enum.GetValues<GoalKind>(), goal => entry.m.Takes(entry.Key, goal));
    });

    private void Add(string name, string header, IEnumerable<string> lines)
    {
        var file = Path.Combine(_data, $"{name}.csv");
        File.WriteAllLines(file, [header, .. lines]);
        new DataSetFolder(_data).Add(name, null, new DataSetSource(file));
    }

    private static float[] Floats(torch.Tensor t) => t.contiguous().detach().data<float>().ToArray();
}
