namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Ways to start weights, in place.</summary>
        public static class init
        {
            /// <summary>An orthogonal matrix times gain; more dimensions count as columns (Saxe et al., arXiv 1312.6120).</summary>
            public static Tensor orthogonal_(Tensor tensor, double gain = 1) => Apply(Native.hpo_orthogonal(tensor.Handle, gain), tensor);

            /// <summary>Constant.</summary>
            public static Tensor constant_(Tensor tensor, double val) => tensor.fill_(val);

            /// <summary>Normal draws.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1) => tensor.normal_(mean, std);

            /// <summary>Uniform draws.</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1) => tensor.uniform_(low, high);

            private static Tensor Apply(bool _, Tensor tensor)
            {
                Native.Check();
                return tensor;
            }
        }
    }
}
