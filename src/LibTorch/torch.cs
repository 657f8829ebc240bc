namespace TorchSharp;

/// <summary>A source-compatible subset of TorchSharp's API over the system's libtorch.</summary>
public static partial class torch
{
    /// <summary>32-bit float.</summary>
    public const ScalarType float32 = ScalarType.Float32;

    /// <summary>64-bit float.</summary>
    public const ScalarType float64 = ScalarType.Float64;

    /// <summary>64-bit integer.</summary>
    public const ScalarType int64 = ScalarType.Int64;

    /// <summary>8-bit unsigned integer.</summary>
    public const ScalarType uint8 = ScalarType.Byte;

    /// <summary>Boolean.</summary>
    public const ScalarType @bool = ScalarType.Bool;

    /// <summary>A tensor with the given elements in row-major order.</summary>
    /// <exception cref="ArgumentException">The sizes' product is not the number of elements.</exception>
    public static unsafe Tensor tensor<T>(T[] rawArray, params long[] dimensions) where T : unmanaged
    {
        if (dimensions.Length == 0)
            dimensions = [rawArray.LongLength];
        if (dimensions.Aggregate(1L, (product, size) => product * size) != rawArray.LongLength)
            throw new ArgumentException($"the product of dimensions must be the number of elements {rawArray.LongLength}, but got [{string.Join(", ", dimensions)}].", nameof(dimensions));
        fixed (T* data = rawArray)
            return Native.Wrap(Native.hpo_from_data(data, dimensions, dimensions.Length, (int)ScalarTypes.Of<T>()));
    }

    /// <summary>Zeros.</summary>
    public static Tensor zeros(long[] size, ScalarType dtype = ScalarType.Float32) => full(size, 0, dtype);

    /// <summary>Ones.</summary>
    public static Tensor ones(long[] size, ScalarType dtype = ScalarType.Float32) => full(size, 1, dtype);

    /// <summary>One value everywhere.</summary>
    public static Tensor full(long[] size, double value, ScalarType dtype = ScalarType.Float32) =>
        Native.Wrap(Native.hpo_full(size, size.Length, value, (int)dtype));

    /// <summary>Standard normal draws.</summary>
    public static Tensor randn(params long[] size) => Native.Wrap(Native.hpo_randn(size, size.Length));

    /// <summary>Uniform draws from [0, 1).</summary>
    public static Tensor rand(params long[] size) => Native.Wrap(Native.hpo_rand(size, size.Length));

    /// <summary>A random permutation of 0 … n − 1.</summary>
    public static Tensor randperm(long n) => Native.Wrap(Native.hpo_randperm(n));

    /// <summary>0 … n − 1.</summary>
    public static Tensor arange(long stop) => Native.Wrap(Native.hpo_arange(stop));

    /// <summary>Tensors one after another along a dimension that exists.</summary>
    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Native.Wrap(Native.hpo_cat(Native.Handles(tensors), tensors.Count, dim));

    /// <summary>Tensors one after another along a new dimension.</summary>
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] all = [.. tensors];
        return Native.Wrap(Native.hpo_stack(Native.Handles(all), all.Length, dim));
    }

    /// <summary>x where the condition holds, else y; broadcast.</summary>
    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Native.Wrap(Native.hpo_where(condition.Handle, x.Handle, y.Handle));

    /// <summary>The smaller of two elements.</summary>
    public static Tensor minimum(Tensor input, Tensor other) => Native.Wrap(Native.hpo_binary(input.Handle, other.Handle, Native.Binary.Minimum));

    /// <summary>The larger of two elements.</summary>
    public static Tensor maximum(Tensor input, Tensor other) => Native.Wrap(Native.hpo_binary(input.Handle, other.Handle, Native.Binary.Maximum));

    /// <summary>Seeds the process's generator.</summary>
    public static void manual_seed(long seed) => Native.hpo_manual_seed(seed);

    /// <summary>How many threads one operation may use.</summary>
    public static void set_num_threads(int num) => Native.hpo_set_num_threads(num);

    /// <summary>How many threads one operation may use.</summary>
    public static int get_num_threads() => Native.hpo_get_num_threads();

    /// <summary>Opens a scope that frees what is created in it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Gradients outside of <see cref="Tensor.backward"/>.</summary>
    public static class autograd
    {
        /// <summary>The gradients of outputs, weighted with grad_outputs, to inputs.</summary>
        /// <param name="outputs">Scalars, or with grad_outputs any tensors.</param>
        /// <param name="inputs">What to differentiate to.</param>
        /// <param name="grad_outputs">Of the shapes of outputs.</param>
        /// <param name="retain_graph">The graph is used once more.</param>
        /// <param name="create_graph">The gradients are to be differentiated again.</param>
        /// <param name="allow_unused">An input that outputs do not depend on gives null, not an error.</param>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            var result = new nint[inputs.Count];
            Native.hpo_autograd_grad(
                Native.Handles(outputs), outputs.Count, Native.Handles(inputs), inputs.Count, grad_outputs is null ? null : Native.Handles(grad_outputs),
                retain_graph || create_graph, create_graph, allow_unused, result);
            Native.Check();
            return [.. result.Select(handle => handle == 0 ? null! : Native.Wrap(handle))];
        }
    }

    /// <summary>Records no graph on this thread until disposed of.</summary>
    public static IDisposable no_grad() => new NoGrad();

    private sealed class NoGrad : IDisposable
    {
        private readonly bool _before = Native.hpo_grad_enabled();

        public NoGrad() => Native.hpo_set_grad_enabled(false);

        public void Dispose() => Native.hpo_set_grad_enabled(_before);
    }
}
