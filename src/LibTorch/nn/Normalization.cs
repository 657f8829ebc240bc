using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Normalises each sample over its last dimension, then scales and shifts (Ba et al., arXiv 1607.06450).</summary>
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _shape;
        private readonly double _eps;

        internal LayerNorm(long size, double eps) : base(nameof(LayerNorm))
        {
            (_shape, _eps) = ([size], eps);
            register_parameter(nameof(weight), weight = new Parameter(ones([size])));
            register_parameter(nameof(bias), bias = new Parameter(zeros([size])));
        }

        /// <summary>The scale.</summary>
        public Parameter weight { get; }

        /// <summary>The shift.</summary>
        public Parameter bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_layer_norm(input.Handle, _shape, 1, weight.Handle, bias.Handle, _eps));
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Layer normalisation over the last dimension.</summary>
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-5) => new(normalized_shape, eps);
        }
    }
}
