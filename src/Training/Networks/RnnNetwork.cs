using HpoService.Training.DataSets;
using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>A recurrent network over a sequence, the rows of an image, or text; classes and numbers come from its last real state.</summary>
internal sealed class RnnNetwork : Network
{
    private readonly int _hidden;
    private readonly bool _both;

    public RnnNetwork(SampleShape shape, string cell, int hidden, int layers, bool both, int embedding, double dropout) : base(nameof(RnnNetwork))
    {
        (_hidden, _both) = (hidden, both);
        if (shape.Kind == SampleKind.Text)
        {
            var letters = Part("embedding", torch.nn.Embedding(shape.Outputs, embedding));
            Then((x, _) => letters.call(x), [letters]);
        }

        var inputs = shape.Kind switch
        {
            SampleKind.Text => embedding,
            SampleKind.Image => shape.Sizes[0] * shape.Sizes[2],
            _ => shape.Sizes[1],
        };
        var between = layers > 1 ? dropout : 0;
        var (run, recurrent) = Cell(cell, inputs, layers, between);
        Then((x, _) => run(shape.Kind == SampleKind.Image ? x.transpose(1, 2).flatten(2) : x), [recurrent]);
        var drop = Part("dropout", torch.nn.Dropout(dropout));
        var head = Part(Head, torch.nn.Linear(both ? 2 * hidden : hidden, shape.Outputs));
        Then((states, lengths) => head.call(drop.call(shape.Goal == GoalKind.NextToken ? states : Last(states, lengths))), [head]);
    }

    // Forwards the state after the last real moment, backwards the one after the first.
    private torch.Tensor Last(torch.Tensor states, torch.Tensor? lengths)
    {
        var forwards = lengths is null
            ? states.select(1, states.shape[1] - 1)
            : states.gather(1, (lengths - 1).reshape(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1);
        return _both ? torch.cat([forwards.narrow(1, 0, _hidden), states.select(1, 0).narrow(1, _hidden, _hidden)], 1) : forwards;
    }

    private (Func<torch.Tensor, torch.Tensor> Run, torch.nn.Module Module) Cell(string cell, int inputs, int layers, double dropout)
    {
        if (cell == "lstm")
        {
            var lstm = Part("rnn", torch.nn.LSTM(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
            return (x => lstm.call(x, null).Item1, lstm);
        }

        if (cell == "gru")
        {
            var gru = Part("rnn", torch.nn.GRU(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
            return (x => gru.call(x, null!).Item1, gru);
        }

        var rnn = Part("rnn", torch.nn.RNN(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
        return (x => rnn.call(x, null).Item1, rnn);
    }
}
