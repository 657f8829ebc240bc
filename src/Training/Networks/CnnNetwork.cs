using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>Blocks of a convolution, normalisation, an activation and pooling; channels double with each; then the mean over places.</summary>
internal sealed class CnnNetwork : Network
{
    public CnnNetwork(
        (int Channels, int Height, int Width) image, int blocks, int channels, int kernel, string pooling, string norm, string activation, double dropout, bool flatten, int outputs)
        : base(nameof(CnnNetwork))
    {
        var steps = new List<(string, torch.nn.Module<torch.Tensor, torch.Tensor> Module)>();
        var (width, height, wide) = (image.Channels, image.Height, image.Width);
        for (var i = 0; i < blocks; i++)
        {
            var (next, first) = (Math.Min(channels << i, 1024), steps.Count);
            steps.Add(($"conv{i}", torch.nn.Conv2d(width, next, kernel, padding: kernel / 2, bias: norm == "none")));
            if (norm != "none")
                steps.Add(($"norm{i}", new BatchNorm(next)));
            steps.Add(($"activation{i}", Activations.Of(activation)));
            if (height >= 2 && wide >= 2)
            {
                steps.Add(($"pool{i}", pooling == "max" ? torch.nn.MaxPool2d(2) : torch.nn.AvgPool2d(2)));
                (height, wide) = (height / 2, wide / 2);
            }

            if (dropout > 0)
                steps.Add(($"dropout{i}", torch.nn.Dropout(dropout)));
            width = next;
            Then(steps[first..]);
        }

        var blocksEnd = steps.Count;

        if (!flatten)
            steps.Add(("mean", torch.nn.AdaptiveAvgPool2d(1)));
        steps.Add(("flatten", torch.nn.Flatten()));
        Part("body", torch.nn.Sequential(steps));
        var head = Part(Head, torch.nn.Linear(flatten ? width * height * wide : width, outputs));
        Then([.. steps[blocksEnd..], (Head, head)]);
    }

    private void Then(List<(string Name, torch.nn.Module<torch.Tensor, torch.Tensor> Module)> steps)
    {
        torch.nn.Module<torch.Tensor, torch.Tensor>[] modules = [.. steps.Select(s => s.Module)];
        Then((x, _) => modules.Aggregate(x, (value, module) => module.call(value)), modules);
    }
}
