using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>y = x·Wᵀ + b; W, shape [out, in], and b start uniform in ±1/√in, as torch.nn.Linear's.</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias) : base(nameof(Linear))
        {
            weight = Uniform([outputSize, inputSize], inputSize);
            register_parameter(nameof(weight), weight);
            if (!hasBias)
                return;
            bias = Uniform([outputSize], inputSize);
            register_parameter(nameof(bias), bias);
        }

        /// <summary>W.</summary>
        public Parameter weight { get; }

        /// <summary>b, if there is one.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_linear(input.Handle, weight.Handle, bias?.Handle ?? 0));

        private static Parameter Uniform(long[] shape, long fanIn)
        {
            using var values = zeros(shape);
            Native.hpo_uniform_(values.Handle, -1 / Math.Sqrt(fanIn), 1 / Math.Sqrt(fanIn));
            return new Parameter(values);
        }
    }

    /// <summary>In training, zeroes elements with probability p and scales the others by 1/(1 − p).</summary>
    public sealed class Dropout : nn.Module<Tensor, Tensor>
    {
        private readonly double _p;

        internal Dropout(double p) : base(nameof(Dropout)) => _p = p;

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_dropout(input.Handle, _p, training));
    }

    /// <summary>Normalises each sample over its last dimension, then scales and shifts (Ba et al., arXiv 1607.06450).</summary>
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _shape;
        private readonly double _eps;
        private readonly Parameter _weight, _bias;

        internal LayerNorm(long size, double eps) : base(nameof(LayerNorm))
        {
            (_shape, _eps) = ([size], eps);
            register_parameter("weight", _weight = new Parameter(ones([size])));
            register_parameter("bias", _bias = new Parameter(zeros([size])));
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_layer_norm(input.Handle, _shape, 1, _weight.Handle, _bias.Handle, _eps));
    }

    /// <summary>Normalises each feature over the batch, then scales and shifts (Ioffe and Szegedy, arXiv 1502.03167).</summary>
    public sealed class BatchNorm1d : nn.Module<Tensor, Tensor>
    {
        private readonly double _eps, _momentum;
        private readonly Parameter _weight, _bias;
        private readonly Tensor _mean, _var;

        internal BatchNorm1d(long features, double eps, double momentum) : base(nameof(BatchNorm1d))
        {
            (_eps, _momentum) = (eps, momentum);
            register_parameter("weight", _weight = new Parameter(ones([features])));
            register_parameter("bias", _bias = new Parameter(zeros([features])));
            register_buffer("running_mean", _mean = zeros([features]));
            register_buffer("running_var", _var = ones([features]));
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_batch_norm(
            input.Handle, _weight.Handle, _bias.Handle, _mean.Handle, _var.Handle, training, _momentum, _eps));
    }

    /// <summary>Applies its modules one after another; frees what lies between them only with the scope, as autograd needs it.</summary>
    public sealed class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.Module<Tensor, Tensor>> _steps = [];

        internal Sequential(IEnumerable<(string name, nn.Module<Tensor, Tensor> submodule)> modules) : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                register_module(name, module);
                _steps.Add(module);
            }
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => _steps.Aggregate(input, (x, module) => module.call(x));
    }

    internal sealed class Activation(string name, Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(name)
    {
        public override Tensor forward(Tensor input) => function(input);
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
            /// <summary>A fully connected layer.</summary>
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);

            /// <summary>Dropout with probability p.</summary>
            public static Dropout Dropout(double p = 0.5) => new(p);

            /// <summary>Layer normalisation over the last dimension.</summary>
            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-5) => new(normalized_shape, eps);

            /// <summary>Batch normalisation of [batch, features].</summary>
            public static BatchNorm1d BatchNorm1d(long features, double eps = 1e-5, double momentum = 0.1) => new(features, eps, momentum);

            /// <summary>max(x, 0).</summary>
            public static Module<Tensor, Tensor> ReLU() => new Activation("ReLU", x => x.relu());

            /// <summary>Hyperbolic tangent.</summary>
            public static Module<Tensor, Tensor> Tanh() => new Activation("Tanh", x => x.tanh());

            /// <summary>x·Φ(x).</summary>
            public static Module<Tensor, Tensor> GELU() => new Activation("GELU", x => x.gelu());

            /// <summary>x·sigmoid(x).</summary>
            public static Module<Tensor, Tensor> SiLU() => new Activation("SiLU", x => x.silu());

            /// <summary>Modules one after another.</summary>
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            /// <summary>Modules one after another.</summary>
            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules);

            /// <summary>Functions without state.</summary>
            public static class functional
            {
                /// <summary>Mean cross entropy of logits, shape [n, classes], and class numbers, int64 [n].</summary>
                public static Tensor cross_entropy(Tensor input, Tensor target) => Native.Wrap(Native.hpo_cross_entropy(input.Handle, target.Handle));

                /// <summary>Mean squared difference.</summary>
                public static Tensor mse_loss(Tensor input, Tensor target) => Native.Wrap(Native.hpo_mse_loss(input.Handle, target.Handle));

                /// <summary>Logarithm of the softmax over a dimension.</summary>
                public static Tensor log_softmax(Tensor input, long dim) => Native.Wrap(Native.hpo_log_softmax(input.Handle, dim));

                /// <summary>max(x, 0).</summary>
                public static Tensor relu(Tensor input) => input.relu();
            }
        }
    }
}
