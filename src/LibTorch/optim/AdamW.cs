using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101), as torch.optim.AdamW.</summary>
    public sealed class AdamW : torch.optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay;

        internal AdamW(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double decay) : base(parameters, lr, states: 2) =>
            (_beta1, _beta2, _eps, _decay) = (beta1, beta2, eps, decay);

        private protected override void Step() => Native.hpo_adam(Handle, LearningRate, _beta1, _beta2, _eps, _decay, decoupled: true);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam with decoupled weight decay.</summary>
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 1e-2) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
