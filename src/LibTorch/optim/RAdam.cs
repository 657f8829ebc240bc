using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Rectified Adam (Liu et al., arXiv 1908.03265), as torch.optim.RAdam.</summary>
    public sealed class RAdam : torch.optim.Optimizer
    {
        private readonly double _beta1, _beta2, _eps, _decay;

        internal RAdam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double decay) : base(parameters, lr, states: 2) =>
            (_beta1, _beta2, _eps, _decay) = (beta1, beta2, eps, decay);

        private protected override void Step() => Native.hpo_radam(Handle, LearningRate, _beta1, _beta2, _eps, _decay);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Rectified Adam.</summary>
            public static RAdam RAdam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
