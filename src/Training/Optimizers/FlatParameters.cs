using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Optimizers;

/// <summary>All parameters as one vector.</summary>
internal sealed class FlatParameters(IReadOnlyList<Parameter> parameters)
{
    /// <summary>The parameters themselves.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Their gradients, as a copy; a parameter without one counts as 0.</summary>
    public torch.Tensor Gradient() => torch.cat([.. parameters.Select(p => p.grad is { } g ? g.flatten() : torch.zeros([p.NumberOfElements]))]);

    /// <summary>The loss, and its gradients instead of those before.</summary>
    public double Backward(IBatchLoss loss)
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
        return loss.Backward();
    }

    /// <summary>A copy of them.</summary>
    public torch.Tensor Copy()
    {
        using var frozen = torch.no_grad();
        return torch.cat([.. parameters.Select(p => p.flatten())]);
    }

    /// <summary>Sets them to a point plus t times a direction.</summary>
    public void Set(torch.Tensor point, double t, torch.Tensor direction)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        Set(point + direction * t);
    }

    /// <summary>Sets them to a point.</summary>
    public void Set(torch.Tensor point)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        var start = 0L;
        foreach (var parameter in parameters)
        {
            var n = parameter.NumberOfElements;
            parameter.copy_(point.narrow(0, start, n).reshape(parameter.shape));
            start += n;
        }
    }

    /// <summary>A vector in the parameters' shapes.</summary>
    public IList<torch.Tensor> Split(torch.Tensor vector)
    {
        var parts = new List<torch.Tensor>();
        var start = 0L;
        foreach (var parameter in parameters)
        {
            parts.Add(vector.narrow(0, start, parameter.NumberOfElements).reshape(parameter.shape));
            start += parameter.NumberOfElements;
        }

        return parts;
    }
}
