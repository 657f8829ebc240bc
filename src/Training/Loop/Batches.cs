using HpoService.Training.DataSets;
using HpoService.Training.Goals;
using TorchSharp;

namespace HpoService.Training.Loop;

/// <summary>A batch.</summary>
/// <param name="X">Samples.</param>
/// <param name="Y">Targets.</param>
/// <param name="Lengths">How much of each sequence is real, or null.</param>
/// <param name="Count">Samples in it.</param>
internal sealed record Batch(torch.Tensor X, torch.Tensor Y, torch.Tensor? Lengths, int Count)
{
    /// <summary>Some of its samples.</summary>
    public Batch Slice(int start, int count) => new(X.narrow(0, start, count), Y.narrow(0, start, count), Lengths?.narrow(0, start, count), count);
}

/// <summary>A part of a data set as tensors.</summary>
internal sealed class Batches : IDisposable
{
    private readonly torch.Tensor _x, _y;
    private readonly torch.Tensor? _lengths;

    public Batches(Samples part, SampleShape shape, Goal goal)
    {
        Count = part.Count;
        long[] sizes = [part.Count, .. shape.Sizes.Select(s => (long)s)];
        _x = (shape.Kind == SampleKind.Text ? torch.tensor(part.Tokens, sizes) : torch.tensor(part.Features, sizes)).DetachFromDisposeScope();
        _y = goal.Targets(part).DetachFromDisposeScope();
        _lengths = part.Lengths.Length > 0 ? torch.tensor(part.Lengths).DetachFromDisposeScope() : null;
    }

    public int Count { get; }

    /// <summary>The samples at some positions.</summary>
    public Batch At(torch.Tensor index, int count) => new(_x.index_select(0, index), _y.index_select(0, index), _lengths?.index_select(0, index), count);

    /// <summary>Samples one after another.</summary>
    public Batch From(int start, int count) => new(_x.narrow(0, start, count), _y.narrow(0, start, count), _lengths?.narrow(0, start, count), count);

    public void Dispose()
    {
        _x.Dispose();
        _y.Dispose();
        _lengths?.Dispose();
    }
}
