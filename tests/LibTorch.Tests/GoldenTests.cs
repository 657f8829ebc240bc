using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HpoService.LibTorch.Tests;

/// <summary>Values and gradients of Python's torch; see Golden/make_golden.py.</summary>
[Collection("torch")]
public sealed class GoldenTests
{
    private static readonly JsonElement Golden = Load();
    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>> Optimizers = new()
    {
        ["sgd"] = p => optim.SGD(p, 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true),
        ["sgd_dampening"] = p => optim.SGD(p, 0.1, momentum: 0.5, dampening: 0.3),
        ["adam"] = p => optim.Adam(p, 0.05, 0.9, 0.99, weight_decay: 0.01),
        ["adamw"] = p => optim.AdamW(p, 0.05, 0.9, 0.99, weight_decay: 0.1),
        ["rmsprop"] = p => optim.RMSProp(p, 0.01, weight_decay: 0.01),
        ["sgd_plain"] = p => optim.SGD(p, 0.1, weight_decay: 0.01),
        ["sgd_momentum"] = p => optim.SGD(p, 0.1, momentum: 0.9),
        ["adagrad"] = p => optim.Adagrad(p, 0.1, lr_decay: 0.01, weight_decay: 0.01, initial_accumulator_value: 0.1),
        ["adadelta"] = p => optim.Adadelta(p, 1, 0.9, weight_decay: 0.01),
        ["nadam"] = p => optim.NAdam(p, 0.05, weight_decay: 0.01, momentum_decay: 4e-3),
        ["radam"] = p => optim.RAdam(p, 0.05, 0.9, 0.99, weight_decay: 0.01),
        ["rmsprop_momentum"] = p => optim.RMSProp(p, 0.01, momentum: 0.9),
    };

    public static TheoryData<string> OperationNames => [.. Golden.GetProperty("ops").EnumerateObject().Select(o => o.Name)];

    public static TheoryData<string> OptimizerNames => [.. Golden.GetProperty("optimizers").EnumerateObject().Select(o => o.Name)];

    [Theory, MemberData(nameof(OperationNames))]
    public void An_operation_has_the_value_and_the_gradients_of_Python_s_torch(string name)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Input("A", 3, 4), Input("B", 3, 4));
        (a.requires_grad, b.requires_grad) = (true, true);

        var y = GoldenOperations.Of[name](a, b);
        (y * y).sum().backward();

        var expected = Golden.GetProperty("ops").GetProperty(name);
        AssertClose(expected[0], y.detach());
        AssertClose(expected[1], a.grad ?? zeros([3, 4]));
        AssertClose(expected[2], b.grad ?? zeros([3, 4]));
    }

    [Theory, MemberData(nameof(OptimizerNames))]
    public void An_optimizer_goes_where_Python_s_goes_in_25_steps(string name)
    {
        using var scope = NewDisposeScope();
        var w = new Parameter(Input("W", 5, 4));
        using var optimizer = Optimizers[name]([w]);
        var (a, targets) = (Input("A", 3, 4), Targets());
        for (var step = 0; step < 25; step++)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(a.matmul(w.t()), targets).backward();
            optimizer.step();
        }

        AssertClose(Golden.GetProperty("optimizers").GetProperty(name), w.detach());
        w.Dispose();
    }

    [Fact]
    public void A_seed_gives_the_numbers_of_Python_s_torch()
    {
        using var scope = NewDisposeScope();
        manual_seed(42);
        AssertClose(Golden.GetProperty("randn"), randn(8));
    }

    [Fact]
    public void A_linear_layer_starts_as_in_Python_s_torch()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var linear = nn.Linear(6, 3);
        AssertClose(Golden.GetProperty("linear")[0], linear.weight.detach());
        AssertClose(Golden.GetProperty("linear")[1], linear.bias!.detach());
    }

    [Fact]
    public void Clipping_does_to_gradients_what_Python_s_does()
    {
        using var scope = NewDisposeScope();
        using var w = new Parameter(Input("W", 5, 4));
        (nn.functional.cross_entropy(Input("A", 3, 4).matmul(w.t()), Targets()) * 40).backward();

        var norm = nn.utils.clip_grad_norm_([w], 0.5);
        AssertClose(Golden.GetProperty("clip_norm"), cat([tensor([(float)norm]), w.grad!.flatten()]));
        nn.utils.clip_grad_value_([w], 0.01);
        AssertClose(Golden.GetProperty("clip_value"), w.grad!);
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        var v = Input("B", 3, 4).select(0, 0).clone();
        v.requires_grad = true;
        var cubes = v.pow(3);
        var y = cubes.select(0, 0) * cubes.select(0, 1) * cubes.select(0, 2) * cubes.select(0, 3);
        var first = autograd.grad([y], [v], create_graph: true)[0];
        AssertClose(Golden.GetProperty("hessian_vector"), autograd.grad([first], [v], [Input("A", 3, 4).select(0, 0)])[0]);
    }

    [Fact]
    public void What_can_be_differentiated_once_only_says_so()
    {
        using var scope = NewDisposeScope();
        using var lstm = nn.LSTM(2, 3, batchFirst: true);
        var states = lstm.call(randn(2, 4, 2), null).Item1.sum();
        Assert.Contains("once only", Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => autograd.grad([states], [.. lstm.parameters()], create_graph: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_of_attention_keeps_its_mean_and_its_gradient_follows_what_was_kept()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var (q, v) = (zeros([1, 1, 1, 2]), ones([1, 1, 50, 1]));
        v.requires_grad = true;
        var total = 0.0;
        for (var i = 0; i < 200; i++)
        {
            v.grad = null;
            var y = nn.functional.scaled_dot_product_attention(q, zeros([1, 1, 50, 2]), v, p: 0.5).sum();
            y.backward();
            Assert.Equal(y.ToDouble(), v.grad!.sum().ToDouble(), 5); // linear in v: the gradient's sum is the value at ones
            total += y.ToDouble();
        }

        Assert.Equal(1, total / 200, 0.05); // 10,000 draws: 5 deviations
    }

    [Fact]
    public void Weights_start_as_in_Python_s_torch()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        AssertClose(Golden.GetProperty("orthogonal"), nn.init.orthogonal_(zeros([4, 6]), 1.5));
        manual_seed(6);
        using var convolution = nn.Conv2d(2, 3, 3);
        AssertClose(Golden.GetProperty("conv_start"), convolution.weight.detach());
    }

    internal static Tensor Input(string name, params long[] shape) => tensor(Floats(Golden.GetProperty(name)), shape);

    internal static Tensor Targets() => tensor(new long[] { 1, 0, 4 });

    private static float[] Floats(JsonElement values) => values.ValueKind == JsonValueKind.Array
        ? [.. values.EnumerateArray().Select(v => v.GetSingle())]
        : [values.GetSingle()];

    private static void AssertClose(JsonElement expected, Tensor actual)
    {
        var (want, got) = (Floats(expected), actual.ToArray<float>());
        Assert.Equal(want.Length, got.Length);
        for (var i = 0; i < want.Length; i++)
            Assert.True(Math.Abs(want[i] - got[i]) <= 1e-5 * Math.Max(1, Math.Abs(want[i])), $"element {i}: {want[i]} wanted, but got {got[i]}");
    }

    private static JsonElement Load()
    {
        using var stream = typeof(GoldenTests).Assembly.GetManifestResourceStream("golden.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
