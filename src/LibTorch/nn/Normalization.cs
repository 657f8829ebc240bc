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

    /// <summary>Normalises each channel, the second dimension, over the batch, then scales and shifts (Ioffe and Szegedy, arXiv 1502.03167).</summary>
    public abstract class BatchNorm : nn.Module<Tensor, Tensor>
    {
        private readonly double _eps, _momentum;

        private protected BatchNorm(string name, long features, double eps, double momentum) : base(name)
        {
            (_eps, _momentum) = (eps, momentum);
            register_parameter(nameof(weight), weight = new Parameter(ones([features])));
            register_parameter(nameof(bias), bias = new Parameter(zeros([features])));
            register_buffer(nameof(running_mean), running_mean = zeros([features]));
            register_buffer(nameof(running_var), running_var = ones([features]));
        }

        /// <summary>The scale.</summary>
        public Parameter weight { get; }

        /// <summary>The shift.</summary>
        public Parameter bias { get; }

        /// <summary>The mean that evaluation uses.</summary>
        public Tensor running_mean { get; }

        /// <summary>The variance that evaluation uses.</summary>
        public Tensor running_var { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_batch_norm(
            input.Handle, weight.Handle, bias.Handle, running_mean.Handle, running_var.Handle, training, _momentum, _eps));
    }

    /// <summary>Batch normalisation of [n, channels] or [n, channels, length].</summary>
    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(long features, double eps, double momentum) : base(nameof(BatchNorm1d), features, eps, momentum)
        {
        }
    }

    /// <summary>Batch normalisation of [n, channels, height, width].</summary>
    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(long features, double eps, double momentum) : base(nameof(BatchNorm2d), features, eps, momentum)
        {
        }
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

            /// <summary>Batch normalisation of [n, channels] or [n, channels, length].</summary>
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-5, double momentum = 0.1) => new(num_features, eps, momentum);

            /// <summary>Batch normalisation of [n, channels, height, width].</summary>
            public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-5, double momentum = 0.1) => new(num_features, eps, momentum);
        }
    }
}
