using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>Maps samples to outputs: logits or numbers, shape [n, outputs], and for next tokens [n, time, outputs].</summary>
internal abstract class Network(string name) : torch.nn.Module<torch.Tensor, torch.Tensor?, torch.Tensor>(name)
{
    private readonly List<Layer> _layers = [];

    /// <summary>The name of the last layer, which belongs to one data set.</summary>
    public virtual string Head => "head";

    /// <summary>What it does, one after another; each has weights. Processes may share them out.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <summary>Its parameters and buffers.</summary>
    public IEnumerable<torch.Tensor> Tensors() => named_parameters().Select(p => (torch.Tensor)p.parameter).Concat(named_buffers().Select(b => b.buffer));

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor? lengths)
    {
        foreach (var layer in _layers)
            x = layer.Run(x, lengths);
        return x;
    }

    /// <summary>The next layer: what it does, and what it does it with.</summary>
    protected void Then(Func<torch.Tensor, torch.Tensor?, torch.Tensor> run, IEnumerable<torch.nn.Module> parts, params torch.Tensor?[] own) =>
        _layers.Add(new Layer(run, [.. own.OfType<torch.Tensor>(), .. parts.SelectMany(p => p.parameters()), .. parts.SelectMany(p => p.named_buffers().Select(b => b.buffer))]));

    /// <summary>Registers a part and returns it.</summary>
    protected T Part<T>(string name, T module) where T : torch.nn.Module
    {
        register_module(name, module);
        return module;
    }
}

/// <summary>A step of a network.</summary>
/// <param name="Run">From what the layer before gives, and how much of each sequence is real.</param>
/// <param name="Tensors">Its parameters and buffers.</param>
internal sealed record Layer(Func<torch.Tensor, torch.Tensor?, torch.Tensor> Run, IReadOnlyList<torch.Tensor> Tensors);

/// <summary>Functions between layers.</summary>
internal static class Activations
{
    public static readonly ChoiceSetting Activation = new("activation", "The function after hidden layers.", "relu", ["relu", "tanh", "gelu", "silu"]);

    /// <summary>The one of a name.</summary>
    public static torch.nn.Module<torch.Tensor, torch.Tensor> Of(string name) => name switch
    {
        "tanh" => torch.nn.Tanh(),
        "gelu" => torch.nn.GELU(),
        "silu" => torch.nn.SiLU(),
        _ => torch.nn.ReLU(),
    };
}

/// <summary>Settings that several networks share.</summary>
internal static class NetworkSettings
{
    public static readonly NumberSetting Dropout = new("dropout", "Probability of dropping a hidden unit.", 0, 0, 1, IsHighOpen: true);
    public static readonly IntSetting Hidden = new("hidden", "Units of each hidden layer.", 64, 1, 4096);
    public static readonly ChoiceSetting Norm = new("norm", "Normalisation between layers: batch (arXiv 1502.03167), layer (arXiv 1607.06450) or none.", "none", ["none", "batch", "layer"]);
}
