using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Networks;

/// <summary>A batch of which this process has a part.</summary>
internal interface ISharedBatch
{
    /// <summary>Normalises this process' part over the whole batch, and updates the running mean and variance; can be differentiated once.</summary>
    torch.Tensor Normalize(torch.Tensor x, torch.Tensor weight, torch.Tensor bias, torch.Tensor mean, torch.Tensor variance, double momentum, double epsilon);
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
        ? shared.Normalize(x, _weight, _bias, _mean, _variance, Momentum, Epsilon)
        : torch.nn.functional.batch_norm(x, _mean, _variance, _weight, _bias, training, Momentum, Epsilon);
}
