using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>RMSprop (Hinton, lecture 6e, 2012) with momentum, as torch.optim.RMSprop.</summary>
    public sealed class RMSProp : torch.optim.Optimizer
    {
        private readonly double _alpha, _eps, _decay, _momentum;

        internal RMSProp(IEnumerable<Parameter> parameters, double lr, double alpha, double eps, double decay, double momentum) : base(parameters, lr, states: 2) =>
            (_alpha, _eps, _decay, _momentum) = (alpha, eps, decay, momentum);

        private protected override void Step() => Native.hpo_rmsprop(Handle, LearningRate, _alpha, _eps, _decay, _momentum);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>RMSprop.</summary>
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum);
        }
    }
}
