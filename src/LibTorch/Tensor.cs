using System.Runtime.CompilerServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A tensor of libtorch's. Freed by <see cref="Dispose"/>, by its dispose scope, or by the finalizer.</summary>
    public partial class Tensor : IDisposable
    {
        private nint _handle;

        internal Tensor(nint handle)
        {
            _handle = handle;
            DisposeScope.Register(this);
        }

        /// <summary>Frees the native tensor.</summary>
        ~Tensor() => Free();

        /// <summary>The scope that frees it, and its neighbours in that scope's list.</summary>
        internal DisposeScope? Scope { get; set; }

        internal Tensor? Before { get; set; }

        internal Tensor? After { get; set; }

        /// <summary>How many native tensors live in the process.</summary>
        public static long TotalCount => Native.hpo_live();

        /// <summary>A pointer to the native at::Tensor.</summary>
        public nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Tensor));

        /// <summary>A tensor of a pointer to an at::Tensor that other native code made with new; it belongs to the tensor now.</summary>
        public static Tensor UnsafeCreateTensor(nint handle)
        {
            Native.hpo_adopt(handle);
            return new Tensor(handle);
        }

        /// <summary>Its sizes.</summary>
        public long[] shape
        {
            get
            {
                var sizes = new long[Native.hpo_dims(Handle)];
                for (var i = 0; i < sizes.Length; i++)
                    sizes[i] = Native.hpo_size(Handle, i);
                return sizes;
            }
        }

        /// <summary>The element type.</summary>
        public ScalarType dtype => (ScalarType)Native.hpo_type(Handle);

        /// <summary>The size of a dimension; negative ones count from the end.</summary>
        public long size(int dim)
        {
            var size = Native.hpo_size(Handle, dim);
            if (size < 0)
                Native.Check();
            return size;
        }

        /// <summary>The number of dimensions.</summary>
        public long dim() => Native.hpo_dims(Handle);

        /// <summary>The number of elements.</summary>
        public long NumberOfElements => shape.Aggregate(1L, (product, size) => product * size);

        /// <summary>Whether gradients are computed for it.</summary>
        public bool requires_grad
        {
            get => Native.hpo_requires_grad(Handle);
            set
            {
                Native.hpo_set_requires_grad(Handle, value);
                Native.Check();
            }
        }

        /// <summary>The gradient, or null before <see cref="backward"/>.</summary>
        public Tensor? grad
        {
            get => Native.hpo_grad(Handle) is var g && g == 0 ? null : Native.Wrap(g);
            set
            {
                Native.hpo_set_grad(Handle, value?.Handle ?? 0);
                Native.Check();
            }
        }

        /// <summary>Computes the gradients of this scalar.</summary>
        public void backward()
        {
            Native.hpo_backward(Handle);
            Native.Check();
        }

        /// <summary>Its elements.</summary>
        public Utils.TensorAccessor<T> data<T>() where T : unmanaged => new(this);

        /// <summary>A copy of the elements, in row-major order.</summary>
        /// <exception cref="InvalidOperationException">T is not the element type.</exception>
        public unsafe T[] ToArray<T>() where T : unmanaged
        {
            if (ScalarTypes.Of<T>() != dtype)
                throw new InvalidOperationException($"T must be the element type {dtype}, but got {typeof(T)}.");
            var values = new T[NumberOfElements];
            fixed (T* target = values)
                Native.hpo_copy_out(Handle, target, values.LongLength * Unsafe.SizeOf<T>());
            Native.Check();
            GC.KeepAlive(this);
            return values;
        }

        /// <summary>Moves it to the scope around the current one.</summary>
        public Tensor MoveToOuterDisposeScope() => DisposeScope.MoveOut(this);

        /// <summary>Takes it out of every scope: its owner disposes of it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Remove(this);
            return this;
        }

        /// <summary>Frees the native tensor; a second call does nothing.</summary>
        public void Dispose()
        {
            Scope?.Remove(this);
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0)
                Native.hpo_free(handle);
        }
    }

    /// <summary>Element types; the numbers are libtorch's.</summary>
    public enum ScalarType
    {
        /// <summary>8-bit unsigned integer.</summary>
        Byte = 0,

        /// <summary>32-bit integer.</summary>
        Int32 = 3,

        /// <summary>64-bit integer.</summary>
        Int64 = 4,

        /// <summary>32-bit float.</summary>
        Float32 = 6,

        /// <summary>64-bit float.</summary>
        Float64 = 7,

        /// <summary>Boolean.</summary>
        Bool = 11,
    }

    private static class ScalarTypes
    {
        public static ScalarType Of<T>() => default(T) switch
        {
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            long => ScalarType.Int64,
            int => ScalarType.Int32,
            byte => ScalarType.Byte,
            bool => ScalarType.Bool,
            _ => throw new NotSupportedException($"an element type must be float, double, long, int, byte or bool, but got {typeof(T)}."),
        };
    }
}
