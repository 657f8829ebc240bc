using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent with momentum (Polyak, 1964) or Nesterov's, as torch.optim.SGD.</summary>
    public sealed class SGD : torch.optim.Optimizer
    {
        private readonly double _momentum, _dampening, _decay;
        private readonly bool _nesterov;

        internal SGD(IEnumerable<Parameter> parameters, double lr, double momentum, double dampening, double decay, bool nesterov) : base(parameters, lr, states: 1) =>
            (_momentum, _dampening, _decay, _nesterov) = (momentum, dampening, decay, nesterov);

        private protected override void Step() => Native.hpo_sgd(Handle, LearningRate, _momentum, _dampening, _decay, _nesterov);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            /// <summary>Stochastic gradient descent.</summary>
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov);
        }
    }
}
