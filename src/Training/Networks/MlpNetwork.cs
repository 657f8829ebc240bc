using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>Fully connected layers, after vectors for each number if a table's are asked for, each with normalisation, an activation and dropout; with skip, x + layer(x) where widths agree.</summary>
internal sealed class MlpNetwork : Network
{
    public MlpNetwork(int inputs, IReadOnlyList<int> widths, int outputs, string activation, string norm, double dropout, bool skip, FeatureEmbedding? features = null)
        : base(nameof(MlpNetwork))
    {
        var width = features?.Outputs ?? inputs;
        if (features is not null)
        {
            Part("features", features);
            Then((x, _) => features.call(x), [features]);
        }

        for (var i = 0; i < widths.Count; width = widths[i++])
        {
            var steps = new List<(string, torch.nn.Module<torch.Tensor, torch.Tensor>)> { ("linear", torch.nn.Linear(width, widths[i])) };
            if (norm != "none")
                steps.Add(("norm", norm == "batch" ? new BatchNorm(widths[i]) : torch.nn.LayerNorm(widths[i])));
            steps.Add(("activation", Activations.Of(activation)));
            if (dropout > 0)
                steps.Add(("dropout", torch.nn.Dropout(dropout)));
            var (layer, hasSkip) = (Part($"layer{i}", torch.nn.Sequential(steps)), skip && width == widths[i]);
            Then((x, _) =>
            {
                var flat = Flat(x);
                return hasSkip ? flat + layer.call(flat) : layer.call(flat);
            }, [layer]);
        }

        var head = Part(Head, torch.nn.Linear(width, outputs));
        Then((x, _) => head.call(Flat(x)), [head]);
    }

    private static torch.Tensor Flat(torch.Tensor x) => x.shape.Length > 2 ? x.flatten(1) : x;
}
