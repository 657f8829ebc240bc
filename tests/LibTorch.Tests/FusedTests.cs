using TorchSharp;
using static TorchSharp.torch;

namespace HpoService.LibTorch.Tests;

/// <summary>What is one node of the graph here is compared with the same from smaller operations, which the golden values of Python's torch vouch for.</summary>
[Collection("torch")]
public sealed class FusedTests
{
    [Theory, InlineData(false, false, 4), InlineData(false, true, 4), InlineData(true, false, 4), InlineData(true, true, 4), InlineData(true, true, 3, 2, 4)]
    public void A_dense_layer_has_the_value_and_the_first_and_second_derivatives_of_its_parts(bool isRectified, bool ofInput, params int[] rows)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var linear = nn.Linear(5, 7);
        using var rectifier = nn.ReLU();
        using var layer = isRectified ? nn.Sequential(("linear", linear), ("rectifier", rectifier)) : nn.Sequential(("linear", linear));
        var x = randn([.. rows.Select(r => (long)r), 5]);
        x.requires_grad = ofInput;
        IList<Tensor> inputs = ofInput ? [linear.weight, linear.bias!, x] : [linear.weight, linear.bias!];

        Tensor Parts()
        {
            var y = x.matmul(linear.weight.t()) + linear.bias!;
            return isRectified ? y.relu() : y;
        }

        AssertClose(Derivatives(Parts(), inputs), Derivatives(layer.call(x), inputs));
        AssertClose([.. autograd.grad([Parts().pow(2).sum()], inputs)], [.. autograd.grad([layer.call(x).pow(2).sum()], inputs)]);
        using (no_grad())
            AssertClose([Parts()], [layer.call(x)]);
    }

    [Fact]
    public void What_is_not_a_number_goes_through_a_rectified_layer()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Sequential(("linear", nn.Linear(2, 3)), ("rectifier", nn.ReLU()));
        Assert.All(layer.call(tensor([float.NaN, 1], 1, 2)).detach().ToArray<float>(), v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void A_frozen_layer_and_one_over_turned_sequences_train_what_is_around_them()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(3, 2);
        var x = randn(2, 3, 4);
        x.requires_grad = true;
        linear.call(x.transpose(1, 2)).sum().backward();
        Assert.Equal([2L, 3, 4], x.grad!.shape);
        AssertClose([full([2], 8)], [linear.bias!.grad!]);

        linear.weight.requires_grad = false;
        var row = randn(1, 3);
        row.requires_grad = true;
        linear.call(row).sum().backward();
        AssertClose([linear.weight.sum(0, keepdim: true)], [row.grad!]);
    }

    [Fact]
    public void A_mismatch_of_a_layer_s_input_is_said_so()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(3, 2);
        Assert.Contains("shapes", Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => linear.call(zeros([1, 4]))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(0, 6), InlineData(0.2, 6), InlineData(0, 3000), InlineData(0.2, 3000)]
    public void Cross_entropy_has_the_value_and_the_first_and_second_derivatives_of_its_parts(double smoothing, int classes)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var x = randn(4, classes) * 3;
        x = x.detach();
        x.requires_grad = true;
        var target = tensor(new long[] { 1, 0, 5, 5 });

        Tensor Parts()
        {
            var logs = nn.functional.log_softmax(x, 1);
            return -(logs.gather(1, target.reshape(4, 1)).mean() * (1 - smoothing) + logs.mean() * smoothing);
        }

        Tensor Whole() => nn.functional.cross_entropy(x, target, label_smoothing: smoothing);
        AssertClose([Parts()], [Whole()]);
        AssertClose([.. autograd.grad([Parts() * 3], [x])], [.. autograd.grad([Whole() * 3], [x])]);
        AssertClose(Derivatives(Parts() * 3, [x]), Derivatives(Whole() * 3, [x]));
    }

    [Fact]
    public void Huge_logits_have_a_finite_loss_and_a_class_that_is_not_there_is_an_error()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(2e4, nn.functional.cross_entropy(tensor([1e4f, -1e4f], 1, 2), tensor([1L])).ToDouble(), 1.0);
        Assert.Contains("out of bounds", Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => nn.functional.cross_entropy(zeros([1, 2]), tensor([2L]))).Message, StringComparison.Ordinal);
    }

    // The value, the gradients, and those of their squares' sum.
    private static List<Tensor> Derivatives(Tensor y, IList<Tensor> inputs)
    {
        var first = autograd.grad([y.pow(2).sum()], inputs, create_graph: true);
        var squares = first.Select(g => g.pow(2).sum()).Aggregate((a, b) => a + b);
        return [y, .. first, .. autograd.grad([squares], inputs)];
    }

    private static void AssertClose(List<Tensor> wanted, List<Tensor> got)
    {
        Assert.Equal(wanted.Count, got.Count);
        foreach (var (a, b) in wanted.Zip(got))
        {
            Assert.Equal(a.shape, b.shape);
            foreach (var (want, value) in a.detach().ToArray<float>().Zip(b.detach().ToArray<float>()))
                Assert.True(Math.Abs(want - value) <= 1e-4 * Math.Max(1, Math.Abs(want)), $"{want} wanted, but got {value}");
        }
    }
}
