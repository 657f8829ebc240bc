namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The same elements in another shape; one size may be −1.</summary>
        public Tensor reshape(params long[] shape) => Native.Wrap(Native.hpo_reshape(Handle, shape, shape.Length));

        /// <summary>A view that repeats dimensions of size 1; −1 leaves a size as it is.</summary>
        public Tensor expand(params long[] sizes) => Native.Wrap(Native.hpo_expand(Handle, sizes, sizes.Length));

        /// <summary>The transpose of a matrix.</summary>
        public Tensor t() => Apply(Native.Unary.Transpose);

        /// <summary>Two dimensions exchanged.</summary>
        public Tensor transpose(long dim0, long dim1) => Native.Wrap(Native.hpo_transpose(Handle, dim0, dim1));

        /// <summary>Dimensions in another order.</summary>
        public Tensor permute(params long[] permutation) => Native.Wrap(Native.hpo_permute(Handle, permutation, permutation.Length));

        /// <summary>A new dimension of size 1.</summary>
        public Tensor unsqueeze(long dim) => Native.Wrap(Native.hpo_unsqueeze(Handle, dim));

        /// <summary>Without a dimension of size 1.</summary>
        public Tensor squeeze(long dim) => Native.Wrap(Native.hpo_squeeze(Handle, dim));

        /// <summary>Dimensions from start_dim to end_dim as one.</summary>
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Native.Wrap(Native.hpo_flatten(Handle, start_dim, end_dim));

        /// <summary>Dimensions in reverse.</summary>
        public Tensor flip(params long[] dims) => Native.Wrap(Native.hpo_flip(Handle, dims, dims.Length));

        /// <summary>Elements moved along a dimension; what leaves at the end comes in at the start.</summary>
        public Tensor roll(long shifts, long dims) => Native.Wrap(Native.hpo_roll(Handle, shifts, dims));

        /// <summary>The same elements, one after another in memory.</summary>
        public Tensor contiguous() => Apply(Native.Unary.Contiguous);

        /// <summary>One slice along a dimension, without it.</summary>
        public Tensor select(long dim, long index) => Native.Wrap(Native.hpo_select(Handle, dim, index));

        /// <summary>All slices along a dimension, without it.</summary>
        public Tensor[] unbind(int dimension = 0)
        {
            var handles = new nint[size(dimension)];
            Native.hpo_unbind(Handle, dimension, handles, handles.Length);
            Native.Check();
            return [.. handles.Select(Native.Wrap)];
        }

        /// <summary>The slices at the given positions along a dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => Native.Wrap(Native.hpo_index_select(Handle, dim, index.Handle));

        /// <summary>The elements at the positions that index names along a dimension, in index's shape.</summary>
        public Tensor gather(long dim, Tensor index) => Native.Wrap(Native.hpo_gather(Handle, dim, index.Handle));

        /// <summary>A view of length slices from start on.</summary>
        public Tensor narrow(long dim, long start, long length) => Native.Wrap(Native.hpo_narrow(Handle, dim, start, length));
    }
}
