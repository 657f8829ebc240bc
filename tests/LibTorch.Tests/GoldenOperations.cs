using TorchSharp;
using static TorchSharp.torch;

namespace HpoService.LibTorch.Tests;

/// <summary>What Golden/make_golden.py computes, in C#.</summary>
internal static class GoldenOperations
{
    public static Dictionary<string, Func<Tensor, Tensor, Tensor>> Of { get; } = new()
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
        ["mean0"] = (a, _) => a.mean([0]),
        ["log_softmax"] = (a, _) => nn.functional.log_softmax(a, 1),
        ["mse_loss"] = (a, b) => nn.functional.mse_loss(a, b),
        ["layer_norm"] = (a, _) => nn.LayerNorm(4).call(a),
        ["batch_norm"] = (a, _) => nn.functional.batch_norm(a, zeros([4]), ones([4]), ones([4]), zeros([4]), training: true),
        ["cross_entropy"] = (a, _) => nn.functional.cross_entropy(a.matmul(GoldenTests.Input("W", 5, 4).t()), GoldenTests.Targets()),
        ["sign_sin_cos"] = (a, b) => b.sin() * a.cos() + a.sign(),
        ["maximum"] = (a, b) => maximum(a, b) - minimum(a, b * 0.5),
        ["where"] = (a, b) => where(a.gt(0), a * 2, b),
        ["clamp"] = (a, _) => a.clamp(-0.5, 0.5),
        ["masked_fill"] = (a, _) => a.masked_fill(a.lt(0), 3),
        ["norm"] = (a, _) => a.norm(),
        ["max_min"] = (a, b) => a.max() - b.min(),
        ["mean01"] = (a, _) => a.mean([0, 1]),
        ["softmax"] = (a, _) => a.softmax(1),
        ["shapes"] = (a, b) => cat([a.t().reshape(2, 6), b.transpose(0, 1).flip(0).flatten().unsqueeze(0).expand(2, 12)], 1),
        ["stack"] = (a, b) => stack([a, b], 1).permute(2, 0, 1).roll(1, 0).select(1, 2),
        ["gather"] = (a, _) => a.gather(1, tensor(new long[] { 0, 0, 1, 3, 2, 2 }, 3, 2)),
        ["index_select"] = (a, _) => a.index_select(1, tensor(new long[] { 3, 0, 3 })).narrow(0, 1, 2),
        ["pad"] = (a, _) => nn.functional.pad(a, [1, 2, 0, 1], value: 0.5),
        ["smooth_l1"] = (a, b) => nn.functional.smooth_l1_loss(a, b),
        ["label_smoothing"] = (a, _) => nn.functional.cross_entropy(Logits(a), GoldenTests.Targets(), label_smoothing: 0.1),
        ["class_weights"] = (a, _) => nn.functional.cross_entropy(Logits(a), GoldenTests.Targets(), tensor([1f, 2, 3, 4, 5])),
        ["conv2d"] = (a, b) => Convolve(nn.Conv2d(1, 3, 2, padding: 1, bias: false), a.reshape(1, 1, 3, 4), b.reshape(3, 1, 2, 2)),
        ["conv2d_groups"] = (a, b) => Native.Wrap(Native.hpo_conv2d(a.reshape(1, 2, 2, 3).Handle, b.reshape(2, 1, 2, 3).Handle, 0, 2, 2, 1, 2)),
        ["max_pool2d"] = (a, _) => nn.MaxPool2d(2).call(a.reshape(1, 1, 3, 4)),
        ["avg_pool2d"] = (a, _) => nn.AvgPool2d(2, 1, 1).call(a.reshape(1, 1, 3, 4)),
        ["adaptive_avg_pool2d"] = (a, _) => nn.AdaptiveAvgPool2d(2).call(a.reshape(1, 1, 3, 4)),
        ["batch_norm2d"] = (a, _) => nn.functional.batch_norm(a.reshape(1, 3, 2, 2), zeros([3]), ones([3]), ones([3]), zeros([3]), training: true),
        ["embedding"] = (a, _) => Native.Wrap(Native.hpo_embedding(a.Handle, tensor(new long[] { 2, 0, 2 }).Handle, -1)),
        ["affine_grid"] = (a, _) => nn.functional.grid_sample(
            a.reshape(1, 1, 3, 4), nn.functional.affine_grid(tensor([0.9f, 0.2f, 0.1f, -0.2f, 1.1f, 0], 1, 2, 3), [1, 1, 3, 4])),
        ["attention"] = (a, b) => nn.functional.scaled_dot_product_attention(a, b, a * b),
        ["attention_causal"] = (a, b) => nn.functional.scaled_dot_product_attention(a, b, b, is_casual: true),
        ["attention_mask"] = (a, b) => nn.functional.scaled_dot_product_attention(a, b, b, tensor([true, false, true], 1, 3)),
        ["attention4"] = (a, b) => nn.functional.scaled_dot_product_attention(a.reshape(1, 2, 3, 2), b.reshape(1, 2, 3, 2), (a * b).reshape(1, 2, 3, 2)),
        ["attention4_causal"] = (a, b) => nn.functional.scaled_dot_product_attention(
            a.reshape(2, 1, 3, 2), b.reshape(2, 1, 3, 2), b.reshape(2, 1, 3, 2), is_casual: true),
        ["attention4_mask"] = (a, b) => nn.functional.scaled_dot_product_attention(
            Turned(a), Turned(b), Turned(a), tensor([true, false, true, true, true, false], 2, 1, 1, 3)),
        ["unbind"] = (a, _) => a.unbind(1)[0] * a.unbind(1)[3],
        ["lstm_one"] = (a, b) => Run(() => nn.LSTM(2, 3, batchFirst: true), (m, x) => m.call(x, null) is var (y, h, _) ? (y, h.unsqueeze(0)) : default, a, b),
        ["rnn"] = (a, b) => Run(() => nn.RNN(2, 3, 2, batchFirst: true), (m, x) => m.call(x, null), a, b),
        ["rnn_relu"] = (a, b) => Run(() => nn.RNN(2, 3, nonLinearity: nn.NonLinearities.ReLU, batchFirst: true), (m, x) => m.call(x, null), a, b),
        ["gru"] = (a, b) => Run(() => nn.GRU(2, 3, batchFirst: true, bidirectional: true), (m, x) => m.call(x, null), a, b),
        ["lstm"] = (a, b) => Run(() => nn.LSTM(2, 3, 2, batchFirst: true, bidirectional: true), (m, x) => m.call(x, null) is var (y, h, _) ? (y, h.unsqueeze(0)) : default, a, b),
    };

    private static Tensor Turned(Tensor a) => a.reshape(2, 3, 1, 2).transpose(1, 2);

    private static Tensor Logits(Tensor a) => a.matmul(GoldenTests.Input("W", 5, 4).t());

    private static Tensor Convolve(TorchSharp.Modules.Conv2d layer, Tensor x, Tensor kernels)
    {
        Assert.Equal([3L, 1, 2, 2], layer.weight.shape);
        layer.Dispose();
        return Native.Wrap(Native.hpo_conv2d(x.Handle, kernels.Handle, 0, 1, 1, 1, 1));
    }

    private static Tensor Run<T>(Func<T> make, Func<T, Tensor, (Tensor Outputs, Tensor Last)> call, Tensor a, Tensor b) where T : nn.Module
    {
        manual_seed(3);
        using var network = make(); // the graph keeps its parameters
        return call(network, a.reshape(2, 3, 2)).Outputs * 2 + call(network, b.reshape(2, 3, 2)).Last.select(0, 0).sum();
    }
}
