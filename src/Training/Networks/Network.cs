using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>Maps samples to outputs: logits or numbers, shape [n, outputs], and for next tokens [n, time, outputs].</summary>
internal abstract class Network(string name) : torch.nn.Module<torch.Tensor, torch.Tensor?, torch.Tensor>(name)
{
    /// <summary>The name of the last layer, which belongs to one data set.</summary>
    public virtual string Head => "head";

    /// <summary>Registers a part and returns it.</summary>
    protected T Part<T>(string name, T module) where T : torch.nn.Module
    {
        register_module(name, module);
        return module;
    }
}

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
