using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Optimizers, with the formulas of torch.optim; a step is one native call that allocates nothing.</summary>
    public static partial class optim
    {
        /// <summary>Something with a learning rate.</summary>
        public interface ILearningRateController
        {
            /// <summary>The learning rate of the next step.</summary>
            double LearningRate { get; set; }

            /// <summary>The one given to the constructor.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>Changes parameters along their gradients.</summary>
        public abstract class Optimizer : ILearningRateController, IDisposable
        {
            private readonly Parameter[] _parameters;
            private nint _handle;

            private protected Optimizer(IEnumerable<Parameter> parameters, double lr, int states, double initial = 0)
            {
                LearningRate = InitialLearningRate = lr;
                _parameters = [.. parameters];
                _handle = Native.hpo_optim_new(Native.Handles(_parameters), _parameters.Length, states, initial);
                Native.Check();
            }

            /// <summary>Frees the state.</summary>
            ~Optimizer() => Free();

            /// <inheritdoc/>
            public double LearningRate { get; set; }

            /// <inheritdoc/>
            public double InitialLearningRate { get; set; }

            /// <summary>Its parts, each with a learning rate: one.</summary>
            public IEnumerable<ILearningRateController> ParamGroups => [this];

            private protected nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(GetType().Name);

            /// <summary>What it changes.</summary>
            public IEnumerable<Parameter> parameters() => _parameters;

            /// <summary>Forgets the gradients.</summary>
            public void zero_grad() => Native.hpo_optim_zero_grad(Handle);

            /// <summary>One step.</summary>
            public void step()
            {
                Step();
                Native.Check();
            }

            /// <summary>Frees the state, not the parameters.</summary>
            public void Dispose()
            {
                Free();
                GC.SuppressFinalize(this);
            }

            private protected abstract void Step();

            private void Free()
            {
                if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0)
                    Native.hpo_optim_free(handle);
            }
        }
    }
}
