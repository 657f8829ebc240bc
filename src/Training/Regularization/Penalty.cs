using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Regularization;

/// <summary>l1·Σ|w| + l2/2·Σw² over all parameters, in the loss and its gradient.</summary>
internal sealed class Penalty(IReadOnlyList<Parameter> parameters, double l1, double l2)
{
    public static readonly NumberSetting L1 = new("l1", "Penalty l1·Σ|w| in the loss.", 0, 0, 10);
    public static readonly NumberSetting L2 = new("l2", "Penalty l2/2·Σw² in the loss, so l2·w in the gradient.", 0, 0, 10);

    public bool IsOff => l1 == 0 && l2 == 0;

    /// <summary>Adds its gradient to the parameters'; returns its value.</summary>
    public double Backward()
    {
        if (IsOff)
            return 0;
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        foreach (var parameter in parameters)
        {
            if (parameter.grad is not { } gradient)
                continue;
            if (l1 > 0)
                gradient.add_(parameter.sign(), l1);
            if (l2 > 0)
                gradient.add_(parameter, l2);
        }

        return Graph().ToDouble();
    }

    /// <summary>Its value, to be differentiated.</summary>
    public torch.Tensor Graph()
    {
        var total = torch.zeros([1]).sum();
        foreach (var parameter in parameters)
        {
            if (l1 > 0)
                total = total + parameter.abs().sum() * l1;
            if (l2 > 0)
                total = total + parameter.pow(2).sum() * (l2 / 2);
        }

        return total;
    }
}
