using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>What RNN, LSTM and GRU share: parameters named and started as torch.nn's, uniform in ±1/√hidden.</summary>
    internal sealed class Recurrence
    {
        private readonly List<Parameter> _weights = [];
        private readonly Native.Cell _cell;
        private readonly (int Layers, double Dropout, bool Both, bool BatchFirst, bool Bias, long Hidden) _shape;

        public Recurrence(
            nn.Module owner, Native.Cell cell, long inputs, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool both)
        {
            (_cell, _shape) = (cell, ((int)layers, dropout, both, batchFirst, bias, hidden));
            var gates = cell switch { Native.Cell.Lstm => 4, Native.Cell.Gru => 3, _ => 1 };
            for (var layer = 0; layer < layers; layer++)
            foreach (var direction in both ? new[] { "", "_reverse" } : [""])
            {
                var width = layer == 0 ? inputs : both ? 2 * hidden : hidden;
                Add(owner, $"weight_ih_l{layer}{direction}", [gates * hidden, width]);
                Add(owner, $"weight_hh_l{layer}{direction}", [gates * hidden, hidden]);
                if (!bias)
                    continue;
                Add(owner, $"bias_ih_l{layer}{direction}", [gates * hidden]);
                Add(owner, $"bias_hh_l{layer}{direction}", [gates * hidden]);
            }
        }

        /// <summary>Outputs [batch, time, hidden·directions] when batch first, and the last states.</summary>
        public Tensor[] Run(Tensor input, bool training, params Tensor?[] states)
        {
            var batch = input.size(_shape.BatchFirst ? 0 : 1);
            Tensor[] start = [.. states.Select(s => s ?? zeros([_shape.Layers * (_shape.Both ? 2 : 1), batch, _shape.Hidden], input.dtype))];
            var results = new nint[start.Length + 1];
            Native.hpo_recurrent(
                input.Handle, Native.Handles(start), Native.Handles(_weights), _weights.Count, _shape.Bias, _shape.Layers, _shape.Dropout, training, _shape.Both,
                _shape.BatchFirst, _cell, results);
            Native.Check();
            return [.. results.Select(Native.Wrap)];
        }

        private void Add(nn.Module owner, string name, long[] shape)
        {
            var parameter = Start.Uniform(shape, _shape.Hidden);
            owner.register_parameter(name, parameter);
            _weights.Add(parameter);
        }
    }

    /// <summary>h' = tanh or relu of W·x + U·h + b.</summary>
    public sealed class RNN : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly Recurrence _recurrence;

        internal RNN(long inputs, long hidden, long layers, nn.NonLinearities kind, bool bias, bool batchFirst, double dropout, bool both) : base(nameof(RNN)) =>
            _recurrence = new Recurrence(this, kind == nn.NonLinearities.ReLU ? Native.Cell.Relu : Native.Cell.Tanh, inputs, hidden, layers, bias, batchFirst, dropout, both);

        /// <summary>Outputs of the last layer and the last states, from h0 or zeros.</summary>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null) => _recurrence.Run(input, training, h0) is [var y, var h] ? (y, h) : default;
    }

    /// <summary>Gated recurrent units (Cho et al., arXiv 1406.1078).</summary>
    public sealed class GRU : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        private readonly Recurrence _recurrence;

        internal GRU(long inputs, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool both) : base(nameof(GRU)) =>
            _recurrence = new Recurrence(this, Native.Cell.Gru, inputs, hidden, layers, bias, batchFirst, dropout, both);

        /// <summary>Outputs of the last layer and the last states, from h0 or zeros.</summary>
        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0 = null) => _recurrence.Run(input, training, h0) is [var y, var h] ? (y, h) : default;
    }

    /// <summary>Long short-term memory (Hochreiter and Schmidhuber, 1997).</summary>
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        private readonly Recurrence _recurrence;

        internal LSTM(long inputs, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool both) : base(nameof(LSTM)) =>
            _recurrence = new Recurrence(this, Native.Cell.Lstm, inputs, hidden, layers, bias, batchFirst, dropout, both);

        /// <summary>Outputs of the last layer, the last states and the last cells, from (h0, c0) or zeros.</summary>
        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null) =>
            _recurrence.Run(input, training, h0_c0?.Item1, h0_c0?.Item2) is [var y, var h, var c] ? (y, h, c) : default;
    }
}

namespace TorchSharp
{
    using TorchSharp.Modules;

    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>The functions of <see cref="RNN"/>.</summary>
            public enum NonLinearities
            {
                /// <summary>max(x, 0).</summary>
                ReLU = 0,

                /// <summary>Hyperbolic tangent.</summary>
                Tanh = 1,
            }

            /// <summary>A vanilla recurrent network.</summary>
            public static RNN RNN(
                long inputSize, long hiddenSize, long numLayers = 1, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, bool batchFirst = false,
                double dropout = 0, bool bidirectional = false) => new(inputSize, hiddenSize, numLayers, nonLinearity, bias, batchFirst, dropout, bidirectional);

            /// <summary>Gated recurrent units.</summary>
            public static GRU GRU(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false) =>
                new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);

            /// <summary>Long short-term memory.</summary>
            public static LSTM LSTM(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false) =>
                new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);
        }
    }
}
