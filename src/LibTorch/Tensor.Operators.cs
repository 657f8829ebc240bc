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

        /// <summary>A number minus every element.</summary>
        public static Tensor operator -(Scalar a, Tensor b) => -b + a;

        /// <summary>A number times every element.</summary>
        public static Tensor operator *(Scalar a, Tensor b) => b * a;

        /// <summary>A number plus every element.</summary>
        public static Tensor operator +(Scalar a, Tensor b) => b + a;

        /// <summary>Elementwise equality.</summary>
        public Tensor eq(Tensor other) => Apply(other, Native.Binary.Eq);

        /// <summary>Elementwise equality with a number.</summary>
        public Tensor eq(Scalar other) => Apply(other, Native.Binary.Eq);

        /// <summary>Elementwise inequality.</summary>
        public Tensor ne(Tensor other) => Apply(other, Native.Binary.Ne);

        /// <summary>Elementwise inequality with a number.</summary>
        public Tensor ne(Scalar other) => Apply(other, Native.Binary.Ne);

        /// <summary>Elementwise greater-than.</summary>
        public Tensor gt(Tensor other) => Apply(other, Native.Binary.Gt);

        /// <summary>Elementwise greater-than with a number.</summary>
        public Tensor gt(Scalar other) => Apply(other, Native.Binary.Gt);

        /// <summary>Elementwise greater-or-equal.</summary>
        public Tensor ge(Tensor other) => Apply(other, Native.Binary.Ge);

        /// <summary>Elementwise greater-or-equal with a number.</summary>
        public Tensor ge(Scalar other) => Apply(other, Native.Binary.Ge);

        /// <summary>Elementwise less-than.</summary>
        public Tensor lt(Tensor other) => Apply(other, Native.Binary.Lt);

        /// <summary>Elementwise less-than with a number.</summary>
        public Tensor lt(Scalar other) => Apply(other, Native.Binary.Lt);

        /// <summary>Elementwise less-or-equal.</summary>
        public Tensor le(Tensor other) => Apply(other, Native.Binary.Le);

        /// <summary>Elementwise less-or-equal with a number.</summary>
        public Tensor le(Scalar other) => Apply(other, Native.Binary.Le);

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
