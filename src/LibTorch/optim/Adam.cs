using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adam (Kingma and Ba, arXiv 1412.6980), as torch.optim.Adam.</summary>
    public sealed class Adam : torch.optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay;

        internal Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double decay) : base(parameters, lr, states: 2) =>
            (_beta1, _beta2, _eps, _decay) = (beta1, beta2, eps, decay);

        private protected override void Step() => Native.hpo_adam(Handle, LearningRate, _beta1, _beta2, _eps, _decay, decoupled: false);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam; β₂ defaults to 0.99, as in TorchSharp.</summary>
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.99, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
