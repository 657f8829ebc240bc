using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>Fully connected layers, each with normalisation, an activation and dropout; with skip, x + layer(x) where widths agree.</summary>
internal sealed class MlpNetwork : Network
{
    private readonly List<(torch.nn.Module<torch.Tensor, torch.Tensor> Layer, bool HasSkip)> _layers = [];
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _head;

    public MlpNetwork(int inputs, IReadOnlyList<int> widths, int outputs, string activation, string norm, double dropout, bool skip) : base(nameof(MlpNetwork))
    {
        var width = inputs;
        for (var i = 0; i < widths.Count; width = widths[i++])
        {
            var steps = new List<(string, torch.nn.Module<torch.Tensor, torch.Tensor>)> { ("linear", torch.nn.Linear(width, widths[i])) };
            if (norm != "none")
                steps.Add(("norm", norm == "batch" ? torch.nn.BatchNorm1d(widths[i]) : torch.nn.LayerNorm(widths[i])));
            steps.Add(("activation", Activations.Of(activation)));
            if (dropout > 0)
                steps.Add(("dropout", torch.nn.Dropout(dropout)));
            _layers.Add((Part($"layer{i}", torch.nn.Sequential(steps)), skip && width == widths[i]));
        }

        _head = Part(Head, torch.nn.Linear(width, outputs));
    }

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor? lengths)
    {
        if (x.shape.Length > 2)
            x = x.flatten(1);
        foreach (var (layer, hasSkip) in _layers)
            x = hasSkip ? x + layer.call(x) : layer.call(x);
        return _head.call(x);
    }
}
