using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adadelta (Zeiler, arXiv 1212.5701), as torch.optim.Adadelta.</summary>
    public sealed class Adadelta : torch.optim.Optimizer
    {
        private readonly double _rho, _eps, _decay;

        internal Adadelta(IEnumerable<Parameter> parameters, double lr, double rho, double eps, double decay) : base(parameters, lr, states: 2) =>
            (_rho, _eps, _decay) = (rho, eps, decay);

        private protected override void Step() => Native.hpo_adadelta(Handle, LearningRate, _rho, _eps, _decay);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adadelta.</summary>
            public static Adadelta Adadelta(IEnumerable<Parameter> parameters, double lr = 1, double rho = 0.9, double eps = 1e-6, double weight_decay = 0) =>
                new(parameters, lr, rho, eps, weight_decay);
        }
    }
}
