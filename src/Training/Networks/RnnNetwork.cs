using HpoService.Training.DataSets;
using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>A recurrent network over a sequence, the rows of an image, or text; classes and numbers come from its last real state.</summary>
internal sealed class RnnNetwork : Network
{
    private readonly SampleShape _shape;
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor>? _embedding;
    private readonly Func<torch.Tensor, torch.Tensor> _run;
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _dropout, _head;
    private readonly int _hidden;
    private readonly bool _both;

    public RnnNetwork(SampleShape shape, string cell, int hidden, int layers, bool both, int embedding, double dropout) : base(nameof(RnnNetwork))
    {
        (_shape, _hidden, _both) = (shape, hidden, both);
        if (shape.Kind == SampleKind.Text)
            _embedding = Part("embedding", torch.nn.Embedding(shape.Outputs, embedding));
        var inputs = shape.Kind switch
        {
            SampleKind.Text => embedding,
            SampleKind.Image => shape.Sizes[0] * shape.Sizes[2],
            _ => shape.Sizes[1],
        };
        var between = layers > 1 ? dropout : 0;
        _run = Cell(cell, inputs, layers, between);
        _dropout = Part("dropout", torch.nn.Dropout(dropout));
        _head = Part(Head, torch.nn.Linear(both ? 2 * hidden : hidden, shape.Outputs));
    }

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor? lengths)
    {
        if (_embedding is not null)
            x = _embedding.call(x);
        else if (_shape.Kind == SampleKind.Image)
            x = x.transpose(1, 2).flatten(2);
        var states = _run(x);
        if (_shape.Goal != GoalKind.NextToken)
            states = Last(states, lengths);
        return _head.call(_dropout.call(states));
    }

    // Forwards the state after the last real moment, backwards the one after the first.
    private torch.Tensor Last(torch.Tensor states, torch.Tensor? lengths)
    {
        var forwards = lengths is null
            ? states.select(1, states.shape[1] - 1)
            : states.gather(1, (lengths - 1).reshape(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1);
        return _both ? torch.cat([forwards.narrow(1, 0, _hidden), states.select(1, 0).narrow(1, _hidden, _hidden)], 1) : forwards;
    }

    private Func<torch.Tensor, torch.Tensor> Cell(string cell, int inputs, int layers, double dropout)
    {
        if (cell == "lstm")
        {
            var lstm = Part("rnn", torch.nn.LSTM(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
            return x => lstm.call(x, null).Item1;
        }

        if (cell == "gru")
        {
            var gru = Part("rnn", torch.nn.GRU(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
            return x => gru.call(x, null!).Item1;
        }

        var rnn = Part("rnn", torch.nn.RNN(inputs, _hidden, layers, batchFirst: true, dropout: dropout, bidirectional: _both));
        return x => rnn.call(x, null).Item1;
    }
}
