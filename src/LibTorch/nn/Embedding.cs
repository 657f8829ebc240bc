using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A row of weight, shape [tokens, dims] and standard normal at the start, for each index.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        internal Embedding(long tokens, long dims) : base(nameof(Embedding))
        {
            using var values = randn(tokens, dims);
            register_parameter(nameof(weight), weight = new Parameter(values));
        }

        /// <summary>The rows.</summary>
        public Parameter weight { get; }

        /// <inheritdoc/>
        public override Tensor forward(Tensor input) => Native.Wrap(Native.hpo_embedding(weight.Handle, input.Handle, -1));
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A table of vectors.</summary>
            public static Embedding Embedding(long num_embeddings, long embedding_dims) => new(num_embeddings, embedding_dims);
        }
    }
}
