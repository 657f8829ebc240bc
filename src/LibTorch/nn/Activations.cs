using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A function without state, as a module.</summary>
    internal sealed class Activation(string name, Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(name)
    {
        /// <summary>Whether it is max(x, 0).</summary>
        public bool IsRectifier { get; init; }

        public override Tensor forward(Tensor input) => function(input);
    }

    /// <summary>In training, zeroes elements with probability p and scales the others by 1/(1 − p).</summary>
    public sealed class Dropout : nn.Module<Tensor, Tensor>
    {
        private readonly double _p;

        internal Dropout(double p) : base(nameof(Dropout)) => _p = p;

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => training && _p > 0 ? Native.Wrap(Native.hpo_dropout(input.Handle, _p, true)) : input;
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        /// <summary>Neural network modules.</summary>
        public static partial class nn
        {
            /// <summary>Dropout with probability p.</summary>
            public static Dropout Dropout(double p = 0.5) => new(p);

            /// <summary>max(x, 0).</summary>
            public static Module<Tensor, Tensor> ReLU() => new Activation("ReLU", x => x.relu()) { IsRectifier = true };

            /// <summary>Hyperbolic tangent.</summary>
            public static Module<Tensor, Tensor> Tanh() => new Activation("Tanh", x => x.tanh());

            /// <summary>1 / (1 + e^−x).</summary>
            public static Module<Tensor, Tensor> Sigmoid() => new Activation("Sigmoid", x => x.sigmoid());

            /// <summary>x·Φ(x).</summary>
            public static Module<Tensor, Tensor> GELU() => new Activation("GELU", x => x.gelu());

            /// <summary>x·sigmoid(x).</summary>
            public static Module<Tensor, Tensor> SiLU() => new Activation("SiLU", x => x.silu());

            /// <summary>Dimensions from start_dim to end_dim as one.</summary>
            public static Module<Tensor, Tensor> Flatten(long start_dim = 1, long end_dim = -1) => new Activation("Flatten", x => x.flatten(start_dim, end_dim));

            /// <summary>Leaves its input as it is.</summary>
            public static Module<Tensor, Tensor> Identity() => new Activation("Identity", x => x);
        }
    }
}
