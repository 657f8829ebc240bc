using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Networks;

/// <summary>A batch of which this process has a part.</summary>
internal interface ISharedBatch
{
    /// <summary>Whether this part counts; one that is there only so that all processes do the same does not.</summary>
    bool Counts { get; }

    /// <summary>The sum over all parts; can be differentiated.</summary>
    torch.Tensor Sum(torch.Tensor x);
}

/// <summary>Normalises each channel, the second dimension, over the batch, then scales and shifts (Ioffe and Szegedy, arXiv 1502.03167): torch's
/// BatchNorm1d and 2d, and over the whole batch where several processes share it.</summary>
internal sealed class BatchNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private const double Momentum = 0.1, Epsilon = 1e-5;
    private readonly Parameter _weight, _bias;
    private readonly torch.Tensor _mean, _variance;

    public BatchNorm(int channels) : base(nameof(BatchNorm))
    {
        register_parameter("weight", _weight = new Parameter(torch.ones([channels])));
        register_parameter("bias", _bias = new Parameter(torch.zeros([channels])));
        register_buffer("running_mean", _mean = torch.zeros([channels]));
        register_buffer("running_var", _variance = torch.ones([channels]));
    }

    /// <summary>The batch of which forward is given a part; null = it is given all of it.</summary>
    public ISharedBatch? Shared { get; set; }

    public override torch.Tensor forward(torch.Tensor x) => training && Shared is { } shared
        ? Whole(x, shared)
        : torch.nn.functional.batch_norm(x, _mean, _variance, _weight, _bias, training, Momentum, Epsilon);

    // Two sums over the processes, as the mean must be known before the deviations from it.
    private torch.Tensor Whole(torch.Tensor x, ISharedBatch shared)
    {
        var channels = x.shape[1];
        long[] others = [.. Enumerable.Range(0, x.shape.Length).Where(d => d != 1).Select(d => (long)d)];
        long[] spread = [.. x.shape.Select((_, d) => d == 1 ? channels : 1)];
        var own = shared.Counts ? x.NumberOfElements / channels : 0;
        var sums = shared.Sum(torch.cat([x.mean(others) * (double)own, torch.full([1], (double)own, torch.float32)]));
        var count = sums.detach().narrow(0, channels, 1).ToDouble();
        var mean = sums.narrow(0, 0, channels) / count;
        var centred = x - mean.reshape(spread);
        var variance = shared.Sum((centred * centred).mean(others) * (double)own) / count;
        using (torch.no_grad())
        {
            _mean.mul_(1 - Momentum).add_(mean.detach(), Momentum);
            _variance.mul_(1 - Momentum).add_(variance.detach(), Momentum * count / Math.Max(1, count - 1));
        }

        return centred / (variance + Epsilon).sqrt().reshape(spread) * _weight.reshape(spread) + _bias.reshape(spread);
    }
}
