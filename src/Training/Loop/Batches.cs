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

/// <summary>A part of a data set as tensors; features that are not in memory are read for each batch.</summary>
internal sealed class Batches : IDisposable
{
    private readonly torch.Tensor _y;
    private readonly torch.Tensor? _x, _lengths;
    private readonly SampleRows? _rows;
    private readonly IReadOnlyList<int> _sizes;

    public Batches(Samples part, SampleShape shape, Goal goal)
    {
        (Count, _rows, _sizes) = (part.Count, part.Rows, shape.Sizes);
        if (_rows is null)
            _x = (shape.Kind == SampleKind.Text ? torch.tensor(part.Tokens, Sizes(Count)) : torch.tensor(part.Features, Sizes(Count))).DetachFromDisposeScope();
        _y = goal.Targets(part).DetachFromDisposeScope();
        _lengths = part.Lengths.Length > 0 ? torch.tensor(part.Lengths).DetachFromDisposeScope() : null;
    }

    public int Count { get; }

    /// <summary>The samples at some positions.</summary>
    public Batch At(torch.Tensor index, int count) =>
        new(_x?.index_select(0, index) ?? Read(index.data<long>().ToArray()), _y.index_select(0, index), _lengths?.index_select(0, index), count);

    /// <summary>Samples one after another.</summary>
    public Batch From(int start, int count) =>
        new(_x?.narrow(0, start, count) ?? Read([.. Enumerable.Range(start, count).Select(i => (long)i)]), _y.narrow(0, start, count), _lengths?.narrow(0, start, count), count);

    public void Dispose()
    {
        _x?.Dispose();
        _y.Dispose();
        _lengths?.Dispose();
    }

    private torch.Tensor Read(long[] positions)
    {
        var values = new float[positions.Length * _rows!.Length];
        for (var i = 0; i < positions.Length; i++)
            _rows.Read((int)positions[i], values.AsSpan(i * _rows.Length, _rows.Length));
        return torch.tensor(values, Sizes(positions.Length));
    }

    private long[] Sizes(int count) => [count, .. _sizes.Select(s => (long)s)];
}
