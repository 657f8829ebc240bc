namespace TorchSharp.Utils;

/// <summary>The elements of a tensor.</summary>
public readonly struct TensorAccessor<T> where T : unmanaged
{
    private readonly torch.Tensor _tensor;

    internal TensorAccessor(torch.Tensor tensor) => _tensor = tensor;

    /// <summary>A copy, in row-major order.</summary>
    /// <exception cref="InvalidOperationException">T is not the element type.</exception>
    public T[] ToArray() => _tensor.ToArray<T>();
}
