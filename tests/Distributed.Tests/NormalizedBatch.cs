using TorchSharp;

namespace HpoService.Distributed.Tests;

/// <summary>A batch that is normalised, and what its outputs are multiplied by in the loss; far from zero, where a variance by squares alone would be lost.</summary>
internal sealed class NormalizedBatch
{
    public NormalizedBatch(long[] shape)
    {
        torch.manual_seed(7);
        (X, Slopes) = (torch.randn(shape) * 0.5 + 30, torch.randn(shape));
    }

    public static IReadOnlyList<long[]> Shapes { get; } = [[6, 3], [6, 3, 5, 4], [6, 3, 19, 37]];

    /// <summary>Where each process' part begins and how many samples it has; the last one's is there already.</summary>
    public static IReadOnlyList<(int Start, int Count)> Parts { get; } = [(0, 4), (4, 2), (0, 1)];

    public torch.Tensor X { get; }

    public torch.Tensor Slopes { get; }

    public torch.Tensor Weight { get; } = torch.tensor([1.5f, -0.5f, 2]);

    public torch.Tensor Bias { get; } = torch.tensor([0.1f, 0.2f, -0.3f]);
}
