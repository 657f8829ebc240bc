using System.Text.Json;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HpoService.LibTorch.Tests;

/// <summary>Values and gradients of Python's torch; see Golden/make_golden.py.</summary>
[Collection("torch")]
public sealed class GoldenTests
{
    private static readonly JsonElement Golden = Load();
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Operations = new()
    {
        ["add"] = (a, b) => a + b,
        ["sub"] = (a, b) => a - b,
        ["mul"] = (a, b) => a * b,
        ["div"] = (a, b) => a / b,
        ["matmul"] = (a, b) => a.matmul(b.t()),
        ["exp"] = (a, _) => a.exp(),
        ["log"] = (_, b) => b.log(),
        ["sqrt"] = (_, b) => b.sqrt(),
        ["abs"] = (a, _) => a.abs(),
        ["relu"] = (a, _) => a.relu(),
        ["tanh"] = (a, _) => a.tanh(),
        ["sigmoid"] = (a, _) => a.sigmoid(),
        ["gelu"] = (a, _) => a.gelu(),
        ["silu"] = (a, _) => a.silu(),
        ["pow"] = (_, b) => b.pow(2.5),
        ["sum1"] = (a, _) => a.sum(1),
        ["mean0"] = (a, _) => a.mean(0),
        ["log_softmax"] = (a, _) => nn.functional.log_softmax(a, 1),
        ["mse_loss"] = (a, b) => nn.functional.mse_loss(a, b),
        ["layer_norm"] = (a, _) => nn.LayerNorm(4).call(a),
        ["batch_norm"] = (a, _) => nn.BatchNorm1d(4).call(a),
        ["cross_entropy"] = (a, _) => nn.functional.cross_entropy(a.matmul(Input("W", 5, 4).t()), Targets()),
    };

    private static readonly Dictionary<string, Func<Parameter[], optim.Optimizer>> Optimizers = new()
    {
        ["sgd"] = p => optim.SGD(p, 0.1, momentum: 0.9, weight_decay: 0.01, nesterov: true),
        ["sgd_dampening"] = p => optim.SGD(p, 0.1, momentum: 0.5, dampening: 0.3),
        ["adam"] = p => optim.Adam(p, 0.05, 0.9, 0.99, weight_decay: 0.01),
        ["adamw"] = p => optim.AdamW(p, 0.05, 0.9, 0.99, weight_decay: 0.1),
        ["rmsprop"] = p => optim.RMSProp(p, 0.01, weight_decay: 0.01),
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

        var y = Operations[name](a, b);
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

    private static Tensor Input(string name, params long[] shape) => tensor(Floats(Golden.GetProperty(name)), shape);

    private static Tensor Targets() => tensor(new long[] { 1, 0, 4 });

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
