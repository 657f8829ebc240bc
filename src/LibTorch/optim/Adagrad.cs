using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adagrad (Duchi et al., 2011), as torch.optim.Adagrad.</summary>
    public sealed class Adagrad : torch.optim.Optimizer
    {
        private readonly double _lrDecay, _decay, _eps;

        internal Adagrad(IEnumerable<Parameter> parameters, double lr, double lrDecay, double decay, double eps, double start) : base(parameters, lr, states: 1, start) =>
            (_lrDecay, _decay, _eps) = (lrDecay, decay, eps);

        private protected override void Step() => Native.hpo_adagrad(Handle, LearningRate, _lrDecay, _decay, _eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Adagrad.</summary>
            public static Adagrad Adagrad(
                IEnumerable<Parameter> parameters, double lr = 1e-2, double lr_decay = 0, double weight_decay = 0, double initial_accumulator_value = 0, double eps = 1e-10) =>
                new(parameters, lr, lr_decay, weight_decay, eps, initial_accumulator_value);
        }
    }
}
