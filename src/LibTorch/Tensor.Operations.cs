namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Elementwise sum, broadcast.</summary>
        public static Tensor operator +(Tensor a, Tensor b) => a.Apply(b, Native.Binary.Add);

        /// <summary>Elementwise difference, broadcast.</summary>
        public static Tensor operator -(Tensor a, Tensor b) => a.Apply(b, Native.Binary.Sub);

        /// <summary>Elementwise product, broadcast.</summary>
        public static Tensor operator *(Tensor a, Tensor b) => a.Apply(b, Native.Binary.Mul);

        /// <summary>Elementwise quotient, broadcast.</summary>
        public static Tensor operator /(Tensor a, Tensor b) => a.Apply(b, Native.Binary.Div);

        /// <summary>Adds a number to every element.</summary>
        public static Tensor operator +(Tensor a, Scalar b) => a.Apply(b, Native.Binary.Add);

        /// <summary>Subtracts a number from every element.</summary>
        public static Tensor operator -(Tensor a, Scalar b) => a.Apply(b, Native.Binary.Sub);

        /// <summary>Multiplies every element.</summary>
        public static Tensor operator *(Tensor a, Scalar b) => a.Apply(b, Native.Binary.Mul);

        /// <summary>Divides every element.</summary>
        public static Tensor operator /(Tensor a, Scalar b) => a.Apply(b, Native.Binary.Div);

        /// <summary>Negates every element.</summary>
        public static Tensor operator -(Tensor a) => a.Apply(Native.Unary.Neg);

        /// <summary>Matrix product.</summary>
        public Tensor matmul(Tensor other) => Apply(other, Native.Binary.MatMul);

        /// <summary>Elementwise equality.</summary>
        public Tensor eq(Tensor other) => Apply(other, Native.Binary.Eq);

        /// <summary>Elementwise greater-than.</summary>
        public Tensor gt(Tensor other) => Apply(other, Native.Binary.Gt);

        /// <summary>Elementwise less-than.</summary>
        public Tensor lt(Tensor other) => Apply(other, Native.Binary.Lt);

        /// <summary>e to every element.</summary>
        public Tensor exp() => Apply(Native.Unary.Exp);

        /// <summary>Natural logarithm of every element.</summary>
        public Tensor log() => Apply(Native.Unary.Log);

        /// <summary>Square root of every element.</summary>
        public Tensor sqrt() => Apply(Native.Unary.Sqrt);

        /// <summary>Absolute value of every element.</summary>
        public Tensor abs() => Apply(Native.Unary.Abs);

        /// <summary>max(x, 0) of every element.</summary>
        public Tensor relu() => Apply(Native.Unary.Relu);

        /// <summary>Hyperbolic tangent of every element.</summary>
        public Tensor tanh() => Apply(Native.Unary.Tanh);

        /// <summary>1 / (1 + e^−x) of every element.</summary>
        public Tensor sigmoid() => Apply(Native.Unary.Sigmoid);

        /// <summary>x·Φ(x) of every element.</summary>
        public Tensor gelu() => Apply(Native.Unary.Gelu);

        /// <summary>x·sigmoid(x) of every element.</summary>
        public Tensor silu() => Apply(Native.Unary.Silu);

        /// <summary>The sum of all elements.</summary>
        public Tensor sum() => Apply(Native.Unary.Sum);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Apply(Native.Unary.Mean);

        /// <summary>The sum over one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false) => Native.Wrap(Native.hpo_sum_dim(Handle, dim, keepdim));

        /// <summary>The mean over one dimension.</summary>
        public Tensor mean(long dim, bool keepdim = false) => Native.Wrap(Native.hpo_mean_dim(Handle, dim, keepdim));

        /// <summary>The position of the largest element along a dimension.</summary>
        public Tensor argmax(long dim) => Native.Wrap(Native.hpo_argmax(Handle, dim));

        /// <summary>Every element to a power.</summary>
        public Tensor pow(double exponent) => Native.Wrap(Native.hpo_pow(Handle, exponent));

        /// <summary>The same elements in another shape; one size may be −1.</summary>
        public Tensor reshape(params long[] shape) => Native.Wrap(Native.hpo_reshape(Handle, shape, shape.Length));

        /// <summary>The transpose of a matrix.</summary>
        public Tensor t() => Apply(Native.Unary.Transpose);

        /// <summary>The slices at the given positions along a dimension.</summary>
        public Tensor index_select(long dim, Tensor index) => Native.Wrap(Native.hpo_index_select(Handle, dim, index.Handle));

        /// <summary>A view of length slices from start on.</summary>
        public Tensor narrow(long dim, long start, long length) => Native.Wrap(Native.hpo_narrow(Handle, dim, start, length));

        /// <summary>The same values as another type.</summary>
        public Tensor to_type(ScalarType type) => Native.Wrap(Native.hpo_to_type(Handle, (int)type));

        /// <summary>The same values outside of the graph.</summary>
        public Tensor detach() => Apply(Native.Unary.Detach);

        /// <summary>A copy.</summary>
        public Tensor clone() => Apply(Native.Unary.Clone);

        /// <summary>Whether every element is finite.</summary>
        internal bool AllFinite()
        {
            using var result = Apply(Native.Unary.IsFiniteAll);
            return result.item<double>() != 0;
        }

        /// <summary>Copies another tensor's values into this one.</summary>
        public Tensor copy_(Tensor source)
        {
            Native.hpo_copy_(Handle, source.Handle);
            Native.Check();
            return this;
        }

        private Tensor Apply(Native.Unary op)
        {
            var result = Native.Wrap(Native.hpo_unary(Handle, op));
            GC.KeepAlive(this);
            return result;
        }

        private Tensor Apply(Scalar other, Native.Binary op) =>
            Native.Wrap(Native.hpo_scalar(Handle, other.Real, other.Integer, other.IsInteger, op));

        private Tensor Apply(Tensor other, Native.Binary op)
        {
            var result = Native.Wrap(Native.hpo_binary(Handle, other.Handle, op));
            GC.KeepAlive(this);
            GC.KeepAlive(other);
            return result;
        }
    }
}
