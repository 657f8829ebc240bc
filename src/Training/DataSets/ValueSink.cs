using System.Runtime.InteropServices;

namespace HpoService.Training.DataSets;

/// <summary>Where a data set's numbers go that are too many for memory.</summary>
/// <param name="Folder">A folder for them; the file <c>values</c> in it belongs to whoever gave the folder.</param>
/// <param name="MostBytes">What may be in memory.</param>
public sealed record ValueStore(string Folder, long MostBytes)
{
    internal string File => Path.Combine(Folder, "values");
}

/// <summary>Takes a data set's numbers one after another: into memory, and into a file once they are too many for it.</summary>
internal sealed class ValueSink(ValueStore? store) : IDisposable
{
    private const long MostBuffered = 16 << 20;
    private float[] _buffer = new float[1 << 12];
    private FileStream? _file;
    private int _filled;

    /// <summary>Takes the next numbers.</summary>
    public void Add(ReadOnlySpan<float> values)
    {
        while (values.Length > 0)
        {
            if (_filled == _buffer.Length)
                MakeRoom();
            var n = Math.Min(values.Length, _buffer.Length - _filled);
            values[..n].CopyTo(_buffer.AsSpan(_filled));
            values = values[n..];
            _filled += n;
        }
    }

    /// <summary>All that came, in memory or as rows of a length.</summary>
    public (float[] Values, SampleRows? Rows) Done(int length)
    {
        if (_file is null)
        {
            Array.Resize(ref _buffer, _filled);
            return (_buffer, null);
        }

        Flush();
        var bytes = _file.Length;
        _file.Dispose();
        if (bytes > store!.MostBytes)
            return ([], new FileRows(store.File, length));
        var values = new float[bytes / sizeof(float)];
        using (var file = File.OpenRead(store.File))
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        File.Delete(store.File);
        return (values, null);
    }

    public void Dispose() => _file?.Dispose();

    private void MakeRoom()
    {
        if (_file is null && (store is null || _buffer.LongLength * 2 * sizeof(float) <= Math.Min(MostBuffered, store.MostBytes)))
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, _buffer.LongLength * 2));
            if (_filled == _buffer.Length)
                throw new InvalidDataSetException($"a data set must have at most {_filled} numbers, but got more.");
            return;
        }

        _file ??= File.Create(store!.File);
        Flush();
    }

    private void Flush()
    {
        _file!.Write(MemoryMarshal.AsBytes(_buffer.AsSpan(0, _filled)));
        _filled = 0;
    }
}
