namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Matrix product.</summary>
        public Tensor matmul(Tensor other) => Apply(other, Native.Binary.MatMul);

        /// <summary>The inner product of two vectors.</summary>
        public Tensor dot(Tensor tensor) => Apply(tensor, Native.Binary.Dot);

        /// <summary>e to every element.</summary>
        public Tensor exp() => Apply(Native.Unary.Exp);

        /// <summary>Natural logarithm of every element.</summary>
        public Tensor log() => Apply(Native.Unary.Log);

        /// <summary>Square root of every element.</summary>
        public Tensor sqrt() => Apply(Native.Unary.Sqrt);

        /// <summary>Absolute value of every element.</summary>
        public Tensor abs() => Apply(Native.Unary.Abs);

        /// <summary>−1, 0 or 1 for every element.</summary>
        public Tensor sign() => Apply(Native.Unary.Sign);

        /// <summary>Sine of every element.</summary>
        public Tensor sin() => Apply(Native.Unary.Sin);

        /// <summary>Cosine of every element.</summary>
        public Tensor cos() => Apply(Native.Unary.Cos);

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

        /// <summary>Whether an element is NaN.</summary>
        public Tensor isnan() => Apply(Native.Unary.IsNaN);

        /// <summary>Whether an element is 0 or false.</summary>
        public Tensor logical_not() => Apply(Native.Unary.LogicalNot);

        /// <summary>The sum of all elements.</summary>
        public Tensor sum() => Apply(Native.Unary.Sum);

        /// <summary>The mean of all elements.</summary>
        public Tensor mean() => Apply(Native.Unary.Mean);

        /// <summary>The largest element.</summary>
        public Tensor max() => Apply(Native.Unary.Max);

        /// <summary>The smallest element.</summary>
        public Tensor min() => Apply(Native.Unary.Min);

        /// <summary>The Euclidean norm of all elements.</summary>
        public Tensor norm() => Apply(Native.Unary.Norm);

        /// <summary>The same values outside of the graph.</summary>
        public Tensor detach() => Apply(Native.Unary.Detach);

        /// <summary>A copy.</summary>
        public Tensor clone() => Apply(Native.Unary.Clone);

        /// <summary>The sum over one dimension.</summary>
        public Tensor sum(long dim, bool keepdim = false) => Native.Wrap(Native.hpo_sum_dim(Handle, dim, keepdim));

        /// <summary>The mean over some dimensions.</summary>
        public Tensor mean(long[] dimensions, bool keepdim = false) => Native.Wrap(Native.hpo_mean_dim(Handle, dimensions, dimensions.Length, keepdim));

        /// <summary>The position of the largest element along a dimension.</summary>
        public Tensor argmax(long dim) => Native.Wrap(Native.hpo_argmax(Handle, dim));

        /// <summary>Every element to a power.</summary>
        public Tensor pow(double exponent) => Native.Wrap(Native.hpo_pow(Handle, exponent));

        /// <summary>Every element, moved into [min, max].</summary>
        public Tensor clamp(double min, double max) => Native.Wrap(Native.hpo_clamp(Handle, min, max));

        /// <summary>e^x / Σe^x along a dimension.</summary>
        public Tensor softmax(long dim) => Native.Wrap(Native.hpo_softmax(Handle, dim));

        /// <summary>A value where the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, double value) => Native.Wrap(Native.hpo_masked_fill(Handle, mask.Handle, value));

        /// <summary>The same values as another type.</summary>
        public Tensor to_type(ScalarType type) => Native.Wrap(Native.hpo_to_type(Handle, (int)type));
    }
}
