namespace TorchSharp;

/// <summary>Frees, when it is disposed of, every tensor that its thread created since it was opened and that was not moved out.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;
    private readonly DisposeScope? _outer = current;
    private readonly HashSet<torch.Tensor> _tensors = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope() => current = this;

    /// <summary>Keeps a tensor alive beyond this scope: the next outer one has it now.</summary>
    public torch.Tensor MoveToOuter(torch.Tensor tensor)
    {
        if (_tensors.Remove(tensor))
            _outer?._tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Takes a tensor out of every scope: its owner disposes of it.</summary>
    public torch.Tensor Detach(torch.Tensor tensor)
    {
        _tensors.Remove(tensor);
        return tensor;
    }

    /// <summary>Frees the tensors; the outer scope is the thread's current one again.</summary>
    public void Dispose()
    {
        current = _outer;
        foreach (var tensor in _tensors)
            tensor.Dispose();
        _tensors.Clear();
    }

    internal static void Register(torch.Tensor tensor) => current?._tensors.Add(tensor);

    internal static torch.Tensor MoveOut(torch.Tensor tensor) => current?.MoveToOuter(tensor) ?? tensor;

    internal static torch.Tensor DetachFromCurrent(torch.Tensor tensor)
    {
        for (var scope = current; scope is not null; scope = scope._outer)
            scope._tensors.Remove(tensor);
        return tensor;
    }
}
