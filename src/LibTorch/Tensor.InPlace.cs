namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Adds alpha times a tensor to this one.</summary>
        public Tensor add_(Tensor target, double alpha = 1) => Change(target, alpha, Native.InPlace.Add);

        /// <summary>Subtracts alpha times a tensor from this one.</summary>
        public Tensor sub_(Tensor target, double alpha = 1) => Change(target, alpha, Native.InPlace.Sub);

        /// <summary>Multiplies this one by a tensor.</summary>
        public Tensor mul_(Tensor target) => Change(target, 1, Native.InPlace.Mul);

        /// <summary>Multiplies this one by a number.</summary>
        public Tensor mul_(double target) => Change(target, Native.InPlace.Mul);

        /// <summary>Divides this one by a number.</summary>
        public Tensor div_(double target) => Change(target, Native.InPlace.Div);

        /// <summary>Copies another tensor's values into this one.</summary>
        public Tensor copy_(Tensor source) => Change(source, 1, Native.InPlace.Copy);

        /// <summary>Sets every element to 0.</summary>
        public Tensor zero_() => Fill(0, 0, Native.Fill.Zero);

        /// <summary>Sets every element to one value.</summary>
        public Tensor fill_(double value) => Fill(value, 0, Native.Fill.Constant);

        /// <summary>Sets every element to a uniform draw.</summary>
        public Tensor uniform_(double from, double to) => Fill(from, to, Native.Fill.Uniform);

        /// <summary>Sets every element to a normal draw.</summary>
        public Tensor normal_(double mean = 0, double std = 1) => Fill(mean, std, Native.Fill.Normal);

        private Tensor Change(Tensor other, double alpha, Native.InPlace op)
        {
            Native.hpo_in_place(Handle, other.Handle, alpha, op);
            Native.Check();
            GC.KeepAlive(other);
            return this;
        }

        private Tensor Change(double value, Native.InPlace op)
        {
            Native.hpo_in_place_scalar(Handle, value, op);
            Native.Check();
            return this;
        }

        private Tensor Fill(double a, double b, Native.Fill how)
        {
            Native.hpo_fill(Handle, a, b, how);
            Native.Check();
            return this;
        }
    }
}
