using TorchSharp;

namespace HpoService.Training.Regularization;

/// <summary>A copy of a module's parameters and buffers.</summary>
internal sealed class Snapshot : IDisposable
{
    private readonly List<(torch.Tensor Live, torch.Tensor Copy)> _tensors = [];

    public Snapshot(torch.nn.Module module)
    {
        using var frozen = torch.no_grad();
        foreach (var tensor in module.named_parameters().Select(p => (torch.Tensor)p.parameter).Concat(module.named_buffers().Select(b => b.buffer)))
            _tensors.Add((tensor, tensor.detach().clone().DetachFromDisposeScope()));
    }

    /// <summary>Takes the current values.</summary>
    public void Take() => Each((live, copy) => copy.copy_(live));

    /// <summary>Puts its values back.</summary>
    public void Restore() => Each((live, copy) => live.copy_(copy));

    /// <summary>copy := decay·copy + (1 − decay)·live; counters are copied.</summary>
    public void Average(double decay) => Each((live, copy) =>
    {
        if (copy.dtype == torch.float32)
            copy.mul_(decay).add_(live, 1 - decay);
        else
            copy.copy_(live);
    });

    public void Dispose()
    {
        foreach (var (_, copy) in _tensors)
            copy.Dispose();
    }

    private void Each(Action<torch.Tensor, torch.Tensor> change)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        foreach (var (live, copy) in _tensors)
            change(live, copy);
    }
}
