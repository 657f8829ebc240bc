using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Cross-correlation of [n, in, h, w] with kernels [out, in / groups, k, k]; both start uniform in ±1/√(in·k²/groups).</summary>
    public sealed class Conv2d : nn.Module<Tensor, Tensor>
    {
        private readonly long _stride, _padding, _dilation, _groups;

        internal Conv2d(long inputs, long outputs, long kernel, long stride, long padding, long dilation, long groups, bool hasBias) : base(nameof(Conv2d))
        {
            (_stride, _padding, _dilation, _groups) = (stride, padding, dilation, groups);
            var fanIn = inputs / groups * kernel * kernel;
            register_parameter(nameof(weight), weight = Start.Uniform([outputs, inputs / groups, kernel, kernel], fanIn));
            if (hasBias)
                register_parameter(nameof(bias), bias = Start.Uniform([outputs], fanIn));
        }

        /// <summary>The kernels.</summary>
        public Parameter weight { get; }

        /// <summary>Added to each output channel, if there is one.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_conv2d(
            input.Handle, weight.Handle, bias?.Handle ?? 0, _stride, _padding, _dilation, _groups));
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A convolution of images.</summary>
            public static Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = true) =>
                new(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias);

            /// <summary>The largest value of each window.</summary>
            public static Module<Tensor, Tensor> MaxPool2d(long kernel_size, long? stride = null, long? padding = null) => new Activation(
                "MaxPool2d", x => Native.Wrap(Native.hpo_max_pool2d(x.Handle, kernel_size, stride ?? kernel_size, padding ?? 0)));

            /// <summary>The mean of each window.</summary>
            public static Module<Tensor, Tensor> AvgPool2d(long kernel_size, long? stride = null, long? padding = null) => new Activation(
                "AvgPool2d", x => Native.Wrap(Native.hpo_avg_pool2d(x.Handle, kernel_size, stride ?? kernel_size, padding ?? 0)));

            /// <summary>The means of output_size × output_size windows that cover the image.</summary>
            public static Module<Tensor, Tensor> AdaptiveAvgPool2d(long output_size) => new Activation(
                "AdaptiveAvgPool2d", x => Native.Wrap(Native.hpo_adaptive_avg_pool2d(x.Handle, output_size)));
        }
    }
}
