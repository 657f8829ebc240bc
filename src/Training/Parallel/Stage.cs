using HpoService.Distributed;
using HpoService.Training.Loop;
using HpoService.Training.Networks;
using TorchSharp;

namespace HpoService.Training.Parallel;

/// <summary>One process' layers, between the process before and the one after it.</summary>
internal sealed class Stage(ProcessGroup group, IReadOnlyList<Layer> layers)
{
    private const int Forwards = 0, Backwards = 1, Answers = 2, Shapes = 3;
    private readonly Dictionary<int, (torch.Tensor? Input, torch.Tensor Output)> _open = [];
    private readonly List<Sending> _sent = [];
    private long[]? _input, _answer; // the shape of a sample
    private bool _hasToldShape, _hasToldAnswer;

    private bool IsFirst => group.Rank == 0;

    private bool IsLast => group.Rank == group.Size - 1;

    /// <summary>Takes a micro-batch forward, and sends what comes out of it on; keeps it for its backward.</summary>
    /// <param name="i">Its number in the step.</param>
    /// <param name="batch">Its samples, of which only the first stage looks at the values.</param>
    /// <param name="end">Makes the loss of the last stage's outputs.</param>
    public void Forward(int i, Batch batch, Func<torch.Tensor, torch.Tensor> end)
    {
        using var scope = torch.NewDisposeScope();
        var input = IsFirst ? null : FromBefore(batch.Count);
        if (input is not null)
            input.requires_grad = true;
        var output = end(Run(input ?? batch.X, batch.Lengths));
        if (!IsLast)
            Send(output, group.Rank + 1, Forwards);
        _open[i] = (input?.DetachFromDisposeScope(), output.DetachFromDisposeScope());
    }

    /// <summary>Takes a micro-batch back, and sends the gradient of what it was given.</summary>
    public void Backward(int i)
    {
        using var scope = torch.NewDisposeScope();
        _open.Remove(i, out var entry);
        var (input, output) = entry;
        if (IsLast)
            output.backward();
        else if (group.Receive(output.shape, group.Rank + 1, Backwards) is var gradient && output.requires_grad) // not where all is frozen so far
            (output * gradient).sum().backward();
        if (input is not null)
            Send(input.grad!, group.Rank - 1, Backwards);
        input?.Dispose();
        output.Dispose();
    }

    /// <summary>Waits until all that was sent has arrived.</summary>
    public void Flush()
    {
        foreach (var sending in _sent)
            sending.Wait();
        _sent.Clear();
    }

    /// <summary>Takes a batch through these layers, without gradients.</summary>
    public torch.Tensor Pass(torch.Tensor x, torch.Tensor? lengths, int count)
    {
        var output = Run(IsFirst ? x : FromBefore(count), lengths);
        if (!IsLast)
            Send(output, group.Rank + 1, Forwards);
        Flush();
        return output;
    }

    /// <summary>The last stage sends outputs to the first.</summary>
    public void Answer(torch.Tensor outputs)
    {
        if (!_hasToldAnswer)
            TellShape(outputs, 0);
        _hasToldAnswer = true;
        Send(outputs, 0, Answers);
        Flush();
    }

    /// <summary>The first stage receives them.</summary>
    public torch.Tensor Answered(int count) => group.Receive([count, .. _answer ??= HearShape(group.Size - 1)], group.Size - 1, Answers);

    private torch.Tensor Run(torch.Tensor x, torch.Tensor? lengths)
    {
        foreach (var layer in layers)
            x = layer.Run(x, lengths);
        if (!IsLast && !_hasToldShape)
            TellShape(x, group.Rank + 1);
        _hasToldShape = true;
        return x;
    }

    private torch.Tensor FromBefore(int count) => group.Receive([count, .. _input ??= HearShape(group.Rank - 1)], group.Rank - 1, Forwards);

    // Once: how many sizes a sample has, and the sizes.
    private void TellShape(torch.Tensor x, int to)
    {
        var sizes = new long[8];
        sizes[0] = x.shape.Length - 1;
        x.shape[1..].CopyTo(sizes, 1);
        _sent.Add(group.Send(torch.tensor(sizes).Handle, to, Shapes));
    }

    private long[] HearShape(int from)
    {
        var sizes = torch.zeros([8], torch.int64);
        group.Receive(sizes.Handle, from, Shapes);
        var values = sizes.data<long>().ToArray();
        return values[1..(1 + (int)values[0])];
    }

    private void Send(torch.Tensor tensor, int to, int tag) => _sent.Add(group.Send(tensor.Handle, to, tag));
}
