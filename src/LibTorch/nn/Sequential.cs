using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Applies its modules one after another; frees what lies between them only with the scope, as autograd needs it.</summary>
    public sealed class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.Module<Tensor, Tensor>> _steps = [];

        internal Sequential(IEnumerable<(string name, nn.Module<Tensor, Tensor> submodule)> modules) : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                register_module(name, module);
                _steps.Add(module);
            }
        }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input)
        {
            for (var i = 0; i < _steps.Count; i++)
            {
                if (_steps[i] is Linear linear && i + 1 < _steps.Count && _steps[i + 1] is Activation { IsRectifier: true })
                    (input, i) = (linear.Of(input, isRectified: true), i + 1);
                else
                    input = _steps[i].call(input);
            }

            return input;
        }
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>Modules one after another.</summary>
            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            /// <summary>Modules one after another.</summary>
            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => new(modules);
        }
    }
}
