using HpoService.Training.DataSets;
using HpoService.Training.Models;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class NetworkTests
{
    private static readonly Dictionary<string, SampleShape> Shapes = new()
    {
        ["table"] = new(SampleKind.Table, GoalKind.Classification, [6], 3),
        ["image"] = new(SampleKind.Image, GoalKind.Classification, [2, 9, 8], 3),
        ["sequence"] = new(SampleKind.Sequence, GoalKind.Classification, [7, 2], 3),
        ["numbers"] = new(SampleKind.Sequence, GoalKind.Regression, [7, 2], 2),
        ["text"] = new(SampleKind.Text, GoalKind.NextToken, [5], 11),
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var model in ModelRegistry.Models)
                foreach (var (name, shape) in Shapes)
                    if (model.Takes(shape.Kind, shape.Goal))
                        pairs.Add(model.Name, name);
            return pairs;
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public void A_model_gives_finite_outputs_and_a_gradient_to_every_parameter(string modelName, string shapeName)
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        var (model, shape) = (ModelRegistry.Models.Single(m => m.Name == modelName), Shapes[shapeName]);
        using var network = model.Build(shape, Ask.Settings("""{"dropout": 0.1}"""));
        var outputs = network.call(Inputs(shape, 4), null);
        Assert.Equal(shape.Goal == GoalKind.NextToken ? [4L, 5, 11] : [4L, shape.Outputs], outputs.shape);
        outputs.pow(2).sum().backward();
        Assert.All(network.named_parameters(), p => Assert.True(p.parameter.grad?.abs().sum().ToDouble() is > 0 and < 1e9, p.name));
        Assert.Contains(network.named_children(), c => c.name == network.Head);
    }

    [Theory]
    [InlineData("rnn", """{"cell": "lstm"}""")]
    [InlineData("rnn", """{"cell": "gru", "bidirectional": false, "recurrentLayers": 2}""")]
    [InlineData("rnn", """{"cell": "vanilla"}""")]
    [InlineData("transformer", """{"positions": "learned"}""")]
    public void Padding_changes_nothing(string modelName, string settings)
    {
        torch.manual_seed(2);
        using var scope = torch.NewDisposeScope();
        using var network = ModelRegistry.Models.Single(m => m.Name == modelName).Build(Shapes["sequence"], Ask.Settings(settings));
        network.eval();
        var x = torch.randn(1, 7, 2);
        var changed = torch.cat([x.narrow(1, 0, 4), torch.randn(1, 3, 2)], 1);
        var lengths = torch.tensor(new[] { 4L });
        Golden.AssertClose(Values(network.call(x, lengths)), Values(network.call(changed, lengths)), 1e-6);
        Assert.NotEqual(Values(network.call(x, null)), Values(network.call(changed, null)));
    }

    [Theory]
    [InlineData("rnn", "sequence", """{"cell": "gru"}""")]
    [InlineData("rnn", "sequence", """{"cell": "gru", "bidirectional": true, "recurrentLayers": 2}""")]
    [InlineData("rnn", "text", """{"cell": "gru"}""")]
    [InlineData("rnn", "sequence", """{"cell": "vanilla"}""")]
    [InlineData("mlp", "table", """{"activation": "tanh"}""")]
    [InlineData("mlp", "table", """{"layers": 2, "norm": "layer", "activation": "gelu"}""")]
    [InlineData("mlp", "table", """{"norm": "batch", "activation": "silu", "skip": true}""")]
    [InlineData("mlp", "table", """{"featureEmbedding": "periodic", "featureWidth": 3, "featureTerms": 2, "activation": "tanh"}""")]
    [InlineData("mlp", "table", """{"featureEmbedding": "piecewise", "featureWidth": 3, "featureTerms": 4, "activation": "tanh"}""")]
    [InlineData("cnn", "image", """{"activation": "tanh"}""")]
    [InlineData("cnn", "image", """{"activation": "gelu", "pooling": "average", "readout": "mean", "kernel": 5}""")]
    [InlineData("cnn", "image", """{"activation": "silu", "batchNorm": false}""")]
    [InlineData("resnet", "image", """{"stageBlocks": 1, "width": 3}""")]
    public void What_newtoncg_takes_can_be_differentiated_twice(string modelName, string shapeName, string settings)
    {
        torch.manual_seed(6);
        using var scope = torch.NewDisposeScope();
        var shape = Shapes[shapeName];
        using var network = ModelRegistry.Models.Single(m => m.Name == modelName).Build(shape, Ask.Settings(settings.Insert(settings.Length - 1, ", \"optimizer\": \"newtoncg\", \"hidden\": 5, \"channels\": 3")));
        var (x, parameters) = (Inputs(shape, 3), new FlatParameters([.. network.parameters()]));
        var (start, direction) = (parameters.Copy(), torch.randn(parameters.Copy().shape[0]));
        var slopes = Slopes();
        var along = slopes.Zip(parameters.Split(direction), (s, d) => (s * d).sum()).Aggregate((a, b) => a + b);
        var product = Values(torch.cat([.. torch.autograd.grad([along], [.. parameters.Parameters], allow_unused: true).Select((h, i) => (h ?? parameters.Parameters[i] * 0).flatten())]));
        // So short that no unit begins to be rectified over it, and none becomes the largest of its pool; what 32 bits leave of a difference is then good to two thousandths.
        const double Step = 2e-5;
        var (ahead, behind) = (At(Step), At(-Step));
        Assert.True(product.Max(Math.Abs) > 0.1);
        Golden.AssertClose([.. ahead.Zip(behind, (a, b) => (a - b) / (2 * Step))], product, 0.01 * product.Max(Math.Abs));

        double[] At(double step)
        {
            parameters.Set(start, step, direction);
            return Values(torch.cat([.. Slopes().Select(s => s.flatten())]));
        }

        IList<torch.Tensor> Slopes() => torch.autograd.grad([network.call(x, null).pow(2).mean()], [.. parameters.Parameters], create_graph: true);
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("transformer")]
    public void A_prediction_of_the_next_token_does_not_see_it(string modelName)
    {
        torch.manual_seed(3);
        using var scope = torch.NewDisposeScope();
        using var network = ModelRegistry.Models.Single(m => m.Name == modelName).Build(Shapes["text"], Ask.Settings("{}"));
        network.eval();
        var (a, b) = (network.call(torch.tensor(new long[] { 1, 2, 3, 4, 5 }, 1, 5), null), network.call(torch.tensor(new long[] { 1, 2, 3, 9, 9 }, 1, 5), null));
        Golden.AssertClose(Values(a.narrow(1, 0, 3)), Values(b.narrow(1, 0, 3)), 1e-6);
        Assert.NotEqual(Values(a.narrow(1, 3, 2)), Values(b.narrow(1, 3, 2)));
    }

    [Fact]
    public void An_encoder_layer_computes_what_Python_s_torch_does()
    {
        using var scope = torch.NewDisposeScope();
        var golden = Golden.Root.GetProperty("networks").GetProperty("encoder");
        var x = torch.tensor(golden.GetProperty("x").Floats(), 2, 5, 8);
        foreach (var causal in new[] { false, true })
        {
            using var layer = new EncoderLayer(8, 2, 12, 0, causal);
            using (torch.no_grad())
                foreach (var (name, parameter) in layer.named_parameters())
                    parameter.copy_(torch.tensor(golden.GetProperty("tensors").GetProperty(name).Floats(), parameter.shape));
            Golden.AssertClose(golden.GetProperty(causal ? "causal" : "plain").Numbers(), Values(layer.call(x, null)));
            if (causal)
                continue;
            var real = torch.arange(5).unsqueeze(0).lt(torch.tensor(new[] { 5L, 3 }).unsqueeze(1));
            var padded = layer.call(x, real.unsqueeze(1).unsqueeze(1)) * real.unsqueeze(2).to_type(torch.float32);
            Golden.AssertClose(golden.GetProperty("padded").Numbers(), Values(padded));
        }
    }

    [Theory]
    [InlineData("xavierUniform", 0.2)]
    [InlineData("xavierNormal", 0.2)]
    [InlineData("kaimingUniform", 0.25)]
    [InlineData("kaimingNormal", 0.25)]
    [InlineData("lecunNormal", 0.1767767)]
    public void Weights_start_with_the_deviation_of_their_paper(string kind, double deviation)
    {
        torch.manual_seed(4);
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(32, [18], 2, "relu", "none", 0, skip: false);
        var weight = network.named_parameters().First().parameter;
        var draws = Enumerable.Range(0, 60).SelectMany(_ =>
        {
            Initialization.Apply(network, kind);
            return Values(weight.detach());
        }).ToArray();
        Assert.Equal(deviation, Math.Sqrt(draws.Average(v => v * v)), 0.01 * deviation + 1e-3); // 35,000 draws: off by this much once in 10^6
        Assert.All(network.named_parameters().Where(p => p.name.EndsWith("bias", StringComparison.Ordinal)), p => Assert.All(Values(p.parameter.detach()), v => Assert.Equal(0, v)));
    }

    [Fact]
    public void Orthogonal_weights_are_orthogonal()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(8, [5], 2, "relu", "none", 0, skip: false);
        Initialization.Apply(network, "orthogonal");
        var w = network.named_parameters().First().parameter.detach();
        var gram = Values(w.matmul(w.t()));
        Golden.AssertClose([.. Enumerable.Range(0, 25).Select(i => i % 6 == 0 ? 1.0 : 0)], gram);
    }

    [Fact]
    public void ResNet_20_has_the_published_number_of_parameters()
    {
        using var network = new ResNetNetwork(3, 3, 16, 0, 10);
        Assert.Equal(269_722, network.parameters().Sum(p => p.NumberOfElements)); // table 6 of arXiv 1512.03385: 0.27M
    }

    private static torch.Tensor Inputs(SampleShape shape, int n)
    {
        long[] sizes = [n, .. shape.Sizes.Select(s => (long)s)];
        return shape.Kind == SampleKind.Text ? torch.tensor([.. Enumerable.Range(0, n * shape.Count).Select(i => (long)(i * 7 % 11))], sizes) : torch.randn(sizes);
    }

    private static double[] Values(torch.Tensor t) => [.. t.contiguous().detach().data<float>().ToArray().Select(v => (double)v)];
}
