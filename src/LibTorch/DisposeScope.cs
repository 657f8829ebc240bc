namespace TorchSharp;

/// <summary>Frees, when it is disposed of, every tensor that its thread created since it was opened and that was not moved out.</summary>
/// <remarks>Its tensors are a linked list through themselves: opening a scope and creating a tensor allocate nothing beside the objects.</remarks>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? current;
    private readonly DisposeScope? _outer = current;
    private torch.Tensor? _first;

    internal DisposeScope() => current = this;

    /// <summary>Keeps a tensor alive beyond this scope: the next outer one has it now.</summary>
    public torch.Tensor MoveToOuter(torch.Tensor tensor)
    {
        if (tensor.Scope != this)
            return tensor;
        Remove(tensor);
        _outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Frees the tensors; the outer scope is the thread's current one again.</summary>
    public void Dispose()
    {
        current = _outer;
        while (_first is { } tensor)
            tensor.Dispose(); // takes itself off the list
    }

    internal static void Register(torch.Tensor tensor) => current?.Add(tensor);

    internal static torch.Tensor MoveOut(torch.Tensor tensor) => tensor.Scope?.MoveToOuter(tensor) ?? tensor;

    internal void Remove(torch.Tensor tensor)
    {
        if (tensor.Before is { } before)
            before.After = tensor.After;
        else
            _first = tensor.After;
        if (tensor.After is { } after)
            after.Before = tensor.Before;
        (tensor.Scope, tensor.Before, tensor.After) = (null, null, null);
    }

    private void Add(torch.Tensor tensor)
    {
        (tensor.Scope, tensor.After) = (this, _first);
        if (_first is not null)
            _first.Before = tensor;
        _first = tensor;
    }
}
