using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adam with Nesterov's momentum (Dozat, 2016), as torch.optim.NAdam.</summary>
    public sealed class NAdam : torch.optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay, _momentumDecay;

        internal NAdam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double decay, double momentumDecay) : base(parameters, lr, states: 2) =>
            (_beta1, _beta2, _eps, _decay, _momentumDecay) = (beta1, beta2, eps, decay, momentumDecay);

        private protected override void Step() => Native.hpo_nadam(Handle, LearningRate, _beta1, _beta2, _eps, _decay, _momentumDecay);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adam with Nesterov's momentum.</summary>
            public static NAdam NAdam(
                IEnumerable<Parameter> parameters, double lr = 2e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, double momentum_decay = 4e-3) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, momentum_decay);
        }
    }
}
