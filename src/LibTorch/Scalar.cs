namespace TorchSharp;

public static partial class torch
{
    /// <summary>A number as an operand: integers leave the type of an integer tensor as it is, floating-point numbers make it float32.</summary>
    public readonly struct Scalar
    {
        private Scalar(double real, long integer, bool isInteger) => (Real, Integer, IsInteger) = (real, integer, isInteger);

        internal double Real { get; }

        internal long Integer { get; }

        internal bool IsInteger { get; }

        /// <summary>An integer.</summary>
        public static implicit operator Scalar(int value) => new(value, value, isInteger: true);

        /// <summary>An integer.</summary>
        public static implicit operator Scalar(long value) => new(value, value, isInteger: true);

        /// <summary>A floating-point number.</summary>
        public static implicit operator Scalar(float value) => new(value, 0, isInteger: false);

        /// <summary>A floating-point number.</summary>
        public static implicit operator Scalar(double value) => new(value, 0, isInteger: false);
    }
}
