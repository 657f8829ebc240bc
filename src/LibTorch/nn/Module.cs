using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A part of a network: owns parameters and other modules.</summary>
            public abstract class Module : IDisposable
            {
                private readonly List<(string Name, Parameter Value)> _parameters = [];
                private readonly List<(string Name, Tensor Value)> _buffers = [];
                private readonly List<(string Name, Module Value)> _modules = [];

                /// <summary>Creates a module.</summary>
                protected Module(string name) => GetName = name;

                /// <summary>The name given to the constructor.</summary>
                public string GetName { get; }

                /// <summary>Whether it is in training mode.</summary>
                public bool training { get; private set; } = true;

                /// <summary>Sets training mode, for its modules too.</summary>
                public virtual void train(bool on = true)
                {
                    training = on;
                    foreach (var (_, module) in _modules)
                        module.train(on);
                }

                /// <summary>Sets evaluation mode, for its modules too.</summary>
                public void eval() => train(false);

                /// <summary>All parameters, its modules' too.</summary>
                public IEnumerable<Parameter> parameters() => named_parameters().Select(p => p.parameter);

                /// <summary>All parameters with their dotted names.</summary>
                public IEnumerable<(string name, Parameter parameter)> named_parameters() => _parameters.Concat(
                    _modules.SelectMany(m => m.Value.named_parameters().Select(p => ($"{m.Name}.{p.name}", p.parameter))));

                /// <summary>All tensors that are not trained, with their dotted names.</summary>
                public IEnumerable<(string name, Tensor buffer)> named_buffers() => _buffers.Concat(
                    _modules.SelectMany(m => m.Value.named_buffers().Select(b => ($"{m.Name}.{b.name}", b.buffer))));

                /// <summary>The modules that are directly its own.</summary>
                public IEnumerable<(string name, Module module)> named_children() => _modules;

                /// <summary>This module and all below it.</summary>
                public IEnumerable<Module> modules() => _modules.SelectMany(m => m.Value.modules()).Prepend(this);

                /// <summary>Makes a parameter the module's own.</summary>
                public void register_parameter(string name, Parameter param) => _parameters.Add((name, param));

                /// <summary>Makes a tensor that is not trained the module's own.</summary>
                public void register_buffer(string name, Tensor tensor) => _buffers.Add((name, tensor.DetachFromDisposeScope()));

                /// <summary>Makes a module a part of this one.</summary>
                public void register_module(string name, Module submodule) => _modules.Add((name, submodule));

                /// <summary>Frees all parameters and buffers.</summary>
                public void Dispose()
                {
                    foreach (var (_, parameter) in _parameters)
                        parameter.Dispose();
                    foreach (var (_, buffer) in _buffers)
                        buffer.Dispose();
                    foreach (var (_, module) in _modules)
                        module.Dispose();
                    GC.SuppressFinalize(this);
                }
            }

            /// <summary>A module that maps T to TResult.</summary>
            public abstract class Module<T, TResult> : Module
            {
                /// <summary>Creates a module.</summary>
                protected Module(string name) : base(name)
                {
                }

                /// <summary>The mapping.</summary>
                public abstract TResult forward(T input);

                /// <summary>The mapping.</summary>
                public TResult call(T input) => forward(input);
            }

            /// <summary>A module that maps T1 and T2 to TResult.</summary>
            public abstract class Module<T1, T2, TResult> : Module
            {
                /// <summary>Creates a module.</summary>
                protected Module(string name) : base(name)
                {
                }

                /// <summary>The mapping.</summary>
                public abstract TResult forward(T1 input1, T2 input2);

                /// <summary>The mapping.</summary>
                public TResult call(T1 input1, T2 input2) => forward(input1, input2);
            }
        }
    }
}

namespace TorchSharp.Modules
{
    /// <summary>A tensor that is trained. Outside of dispose scopes: its module owns it.</summary>
    public sealed class Parameter : torch.Tensor
    {
        /// <summary>Takes a tensor over as a parameter.</summary>
        public Parameter(torch.Tensor data) : base(Native.hpo_unary(data.Handle, Native.Unary.Clone))
        {
            DetachFromDisposeScope();
            requires_grad = true;
        }
    }
}
