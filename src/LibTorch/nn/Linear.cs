using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>y = x·Wᵀ + b; W, shape [out, in], and b start uniform in ±1/√in, as torch.nn.Linear's.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias) : base(nameof(Linear))
        {
            register_parameter(nameof(weight), weight = Start.Uniform([outputSize, inputSize], inputSize));
            if (hasBias)
                register_parameter(nameof(bias), bias = Start.Uniform([outputSize], inputSize));
        }

        /// <summary>W.</summary>
        public Parameter weight { get; }

        /// <summary>b, if there is one.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Of(input, isRectified: false);

        /// <summary>The same, or max(it, 0), as one step.</summary>
        internal Tensor Of(Tensor input, bool isRectified) => Native.Wrap(Native.hpo_linear(input.Handle, weight.Handle, bias?.Handle ?? 0, isRectified));
    }

    /// <summary>How parameters start.</summary>
    internal static class Start
    {
        /// <summary>Uniform in ±1/√fanIn.</summary>
        public static Parameter Uniform(long[] shape, long fanIn)
        {
            using var values = zeros(shape).uniform_(-1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn));
            return new Parameter(values);
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
            /// <summary>A fully connected layer.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);
        }
    }
}
