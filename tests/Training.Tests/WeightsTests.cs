using System.Text;
using HpoService.Training.Networks;
using HpoService.Training.Weights;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class WeightsTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-weights").FullName;

    public WeightsTests() => torch.set_num_threads(1);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var path = Path.Combine(_data, "w.safetensors");
        Safetensors.Write(path, new Dictionary<string, WeightTensor> { ["b.weight"] = new([2, 3], [1, 2, 3, 4, 5, 6]), ["a"] = new([], [7]) }, new Dictionary<string, string> { ["kind"] = "test" });
        var read = Safetensors.Read(path);
        Assert.Equal([1, 2, 3, 4, 5, 6], read["b.weight"].Values);
        Assert.Equal([2L, 3], read["b.weight"].Shape);
        Assert.Equal([7], read["a"].Values);
        Assert.Equal(0, (8 + BitConverter.ToInt64(File.ReadAllBytes(path))) % 8);
    }

    [Fact]
    public void Halves_bfloats_doubles_and_integers_become_floats() => Assert.Equal(
        [[1.5f], [-2f], [0.25f], [7f]],
        Safetensors.Read(
            Bytes("""{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[2,4]},"d":{"dtype":"F64","shape":[1],"data_offsets":[4,12]},"i":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}""",
                [.. BitConverter.GetBytes((Half)1.5), 0x00, 0xC0, .. BitConverter.GetBytes(0.25), .. BitConverter.GetBytes(7L)]), "t").Values.Select(t => t.Values));

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,400]}}""", 4, "offsets 0 to 400")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "one after another")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "distinct names")]
    [InlineData("""{"a":{"dtype":"Q9","shape":[1],"data_offsets":[0,4]}}""", 4, "type Q9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "must have dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "must have dtype")]
    [InlineData("""{"a":5}""", 4, "must have dtype")]
    [InlineData("""[1]""", 4, "JSON object")]
    [InlineData("""{"a":""", 4, "JSON object")]
    public void A_broken_file_is_refused(string header, int bytes, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidWeightsException>(() => Safetensors.Read(Bytes(header, new byte[bytes]), "bad")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_that_claims_more_than_the_file_is_refused()
    {
        Assert.Throws<InvalidWeightsException>(() => Safetensors.Read([255, 255, 255, 255, 255, 255, 255, 255, 1], "bad"));
        Assert.Throws<InvalidWeightsException>(() => Safetensors.Read([1, 2], "bad"));
    }

    [Fact]
    public void The_best_model_is_kept_and_gives_the_same_outputs_again()
    {
        var folder = Path.Combine(_data, "trials", "5", "0", "artifacts");
        var (outcome, _) = Ask.Train("mlp", """{"epochs": 3, "norm": "batch"}""", artifacts: folder);
        var (network, card) = TrainedModel.Read(folder);
        using var _ = network;
        Assert.Equal(("mlp", "digits"), (card.Model, card.DataSet));
        Assert.Equal(Assert.IsType<TrainingOutcome.Completed>(outcome).Values["accuracy"], card.Values["accuracy"]);
        using var scope = torch.NewDisposeScope();
        var data = DataSets.DataSetRegistry.Get("digits").Prepare(new DataSets.DataOptions());
        var right = network.call(torch.tensor(data.Validation.Features, data.Validation.Count, 64), null).argmax(1).data<long>().ToArray()
            .Zip(data.Validation.Labels).Count(p => p.First == p.Second);
        Assert.Equal(card.Values["accuracy"], (double)right / data.Validation.Count, 9);
    }

    [Fact]
    public void A_trial_starts_from_an_earlier_one_and_knows_what_it_knew()
    {
        Ask.Train("cnn", """{"epochs": 3, "learningRate": 0.005}""", artifacts: Path.Combine(_data, "trials", "5", "0", "artifacts"));
        const string Short = "\"learningRate\": 1e-5, \"epochs\": 1";
        var fresh = Ask.Values("cnn", $$"""{{{Short}}}""", folder: _data)["accuracy"];
        var tuned = Ask.Values("cnn", $$"""{{{Short}}, "initialWeights": "trial:5/0", "freezeLayers": -1}""", folder: _data)["accuracy"];
        Assert.True(fresh < 0.5 && tuned > 0.9, $"{fresh} {tuned}");
    }

    [Fact]
    public void Frozen_parts_keep_their_weights_others_learn_at_their_rates_and_another_head_starts_afresh()
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        using var source = new MlpNetwork(64, [32, 16], 3, "relu", "none", 0, skip: false);
        Directory.CreateDirectory(Path.Combine(_data, "weights"));
        Safetensors.Write(Path.Combine(_data, "weights", "w.safetensors"), Transfer.Save(source));
        using var network = new MlpNetwork(64, [32, 16], 10, "relu", "none", 0, skip: false);
        var settings = Ask.Settings("""{"initialWeights": "w.safetensors", "freezeLayers": 1, "fineTuneRate": 0.1}""");
        Assert.Equal(["head.weight", "head.bias"], Transfer.Load(network, settings, _data));
        var groups = Transfer.Groups(network, settings);
        Assert.Equal([(2, 0.1), (2, 1.0)], groups.Select(g => (g.Parameters.Count, g.RateFactor)));
        Assert.Equal(2, network.named_parameters().Count(p => !p.parameter.requires_grad));
        Assert.Equal(Transfer.Save(source)["layer0.linear.weight"].Values, Transfer.Save(network)["layer0.linear.weight"].Values);

        var before = Transfer.Save(network);
        var data = DataSets.DataSetRegistry.Get("digits").Prepare(new DataSets.DataOptions());
        new Loop.TrainingLoop(network, groups, data, Ask.Settings("""{"epochs": 1}"""), 1, new Parallel.Alone()).Train(_ => true, CancellationToken.None);
        var after = Transfer.Save(network);
        Assert.Equal(before["layer0.linear.weight"].Values, after["layer0.linear.weight"].Values);
        Assert.NotEqual(before["layer1.linear.weight"].Values, after["layer1.linear.weight"].Values);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("trial:../1")]
    [InlineData("none.safetensors")]
    public void Weights_that_are_not_there_or_lie_elsewhere_are_refused(string name) => Assert.Equal(
        "/initialWeights", Assert.Throws<InvalidSettingsException>(() => Ask.Train("mlp", $$"""{"initialWeights": "{{name}}"}""", folder: _data)).Violations[0].Pointer);

    private static byte[] Bytes(string header, byte[] data) => [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data];
}
