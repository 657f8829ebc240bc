using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>How weights of two or more dimensions start; biases start at 0 with any but the default.</summary>
internal static class Initialization
{
    public static readonly ChoiceSetting Kind = new(
        "initialization", "How weights start: default is torch's; xavier (Glorot and Bengio, 2010), kaiming (He et al., arXiv 1502.01852), lecun (1998), orthogonal (arXiv 1312.6120).",
        "default", ["default", "xavierUniform", "xavierNormal", "kaimingUniform", "kaimingNormal", "lecunNormal", "orthogonal"]);

    /// <summary>Starts a network's weights.</summary>
    public static void Apply(Network network, string kind)
    {
        if (kind == "default")
            return;
        using var frozen = torch.no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            if (parameter.shape.Length is 3)
                continue; // a layer for each feature: its fan-in is not that of a matrix
            if (parameter.shape.Length >= 2)
                Start(parameter, kind);
            else if (name.Contains("bias", StringComparison.Ordinal))
                parameter.zero_();
        }
    }

    private static void Start(torch.Tensor weight, string kind)
    {
        var shape = weight.shape;
        var field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
        var (inputs, outputs) = ((double)shape[1] * field, (double)shape[0] * field);
        _ = kind switch
        {
            "xavierUniform" => Uniform(Math.Sqrt(6 / (inputs + outputs))),
            "xavierNormal" => weight.normal_(0, Math.Sqrt(2 / (inputs + outputs))),
            "kaimingUniform" => Uniform(Math.Sqrt(6 / inputs)),
            "kaimingNormal" => weight.normal_(0, Math.Sqrt(2 / inputs)),
            "lecunNormal" => weight.normal_(0, Math.Sqrt(1 / inputs)),
            _ => torch.nn.init.orthogonal_(weight),
        };

        torch.Tensor Uniform(double bound) => weight.uniform_(-bound, bound);
    }
}
