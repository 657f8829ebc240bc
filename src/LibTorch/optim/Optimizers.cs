using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent with momentum, as torch.optim.SGD.</summary>
    public sealed class SGD : optim.Optimizer
    {
        private readonly double _momentum, _dampening, _decay;
        private readonly bool _nesterov;
        private bool _first = true;

        internal SGD(IEnumerable<Parameter> parameters, double lr, double momentum, double dampening, double decay, bool nesterov)
            : base(parameters, lr, stateTensors: 1) => (_momentum, _dampening, _decay, _nesterov) = (momentum, dampening, decay, nesterov);

        private protected override void Step(Parameter p, Tensor[] state, long step) =>
            Native.hpo_sgd_step(p.Handle, state[0].Handle, LearningRate, _momentum, _dampening, _decay, _nesterov, _first);

        private protected override void Stepped() => _first = false;
    }

    /// <summary>Adam (Kingma and Ba, arXiv 1412.6980) and AdamW (Loshchilov and Hutter, arXiv 1711.05101), as in torch.optim.</summary>
    public sealed class Adam : optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay;
        private readonly bool _decoupled;

        internal Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double decay, bool decoupled)
            : base(parameters, lr, stateTensors: 2) => (_beta1, _beta2, _eps, _decay, _decoupled) = (beta1, beta2, eps, decay, decoupled);

        private protected override void Step(Parameter p, Tensor[] state, long step) =>
            Native.hpo_adam_step(p.Handle, state[0].Handle, state[1].Handle, step, LearningRate, _beta1, _beta2, _eps, _decay, _decoupled);
    }

    /// <summary>RMSprop (Hinton, lecture 6e, 2012) with momentum, as torch.optim.RMSprop.</summary>
    public sealed class RMSProp : optim.Optimizer
    {
        private readonly double _alpha, _eps, _decay, _momentum;

        internal RMSProp(IEnumerable<Parameter> parameters, double lr, double alpha, double eps, double decay, double momentum)
            : base(parameters, lr, stateTensors: 2) => (_alpha, _eps, _decay, _momentum) = (alpha, eps, decay, momentum);

        private protected override void Step(Parameter p, Tensor[] state, long step) =>
            Native.hpo_rmsprop_step(p.Handle, state[0].Handle, state[1].Handle, LearningRate, _alpha, _eps, _decay, _momentum);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Optimizers.</summary>
        public static partial class optim
        {
            /// <summary>Changes parameters along their gradients.</summary>
            public abstract class Optimizer : IDisposable
            {
                private readonly (Parameter Value, Tensor[] State)[] _parameters;
                private long _step;

                private protected Optimizer(IEnumerable<Parameter> parameters, double lr, int stateTensors)
                {
                    LearningRate = lr;
                    _parameters = [.. parameters.Select(p =>
                        (p, Enumerable.Range(0, stateTensors).Select(_ => zeros(p.shape, p.dtype).DetachFromDisposeScope()).ToArray()))];
                }

                /// <summary>The learning rate of the next step.</summary>
                public double LearningRate { get; set; }

                /// <summary>Forgets the gradients.</summary>
                public void zero_grad()
                {
                    foreach (var (parameter, _) in _parameters)
                        Native.hpo_zero_grad(parameter.Handle);
                    Native.Check();
                }

                /// <summary>One step.</summary>
                public void step()
                {
                    _step++;
                    foreach (var (parameter, state) in _parameters)
                        Step(parameter, state, _step);
                    Stepped();
                    Native.Check();
                }

                /// <summary>Frees the state, not the parameters.</summary>
                public void Dispose()
                {
                    foreach (var tensor in _parameters.SelectMany(p => p.State))
                        tensor.Dispose();
                    GC.SuppressFinalize(this);
                }

                private protected abstract void Step(Parameter p, Tensor[] state, long step);

                private protected virtual void Stepped()
                {
                }
            }

            /// <summary>Stochastic gradient descent.</summary>
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov);

            /// <summary>Adam; β₂ defaults to 0.99, as in TorchSharp.</summary>
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, decoupled: false);

            /// <summary>Adam with decoupled weight decay.</summary>
            public static Adam AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 1e-2) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, decoupled: true);

            /// <summary>RMSprop.</summary>
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum);
        }
    }
}
