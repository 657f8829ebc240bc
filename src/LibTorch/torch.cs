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

    /// <summary>Seeds the process's generator.</summary>
    public static void manual_seed(long seed) => Native.hpo_manual_seed(seed);

    /// <summary>How many threads one operation may use.</summary>
    public static void set_num_threads(int num) => Native.hpo_set_num_threads(num);

    /// <summary>How many threads one operation may use.</summary>
    public static int get_num_threads() => Native.hpo_get_num_threads();

    /// <summary>Opens a scope that frees what is created in it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    /// <summary>Records no graph on this thread until disposed of.</summary>
    public static IDisposable no_grad() => new NoGrad();

    private sealed class NoGrad : IDisposable
    {
        private readonly bool _before = Native.hpo_grad_enabled();

        public NoGrad() => Native.hpo_set_grad_enabled(false);

        public void Dispose() => Native.hpo_set_grad_enabled(_before);
    }
}
