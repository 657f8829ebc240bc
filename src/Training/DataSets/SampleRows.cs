using System.Runtime.InteropServices;

namespace HpoService.Training.DataSets;

/// <summary>The numbers of samples that are read when they are needed.</summary>
public abstract class SampleRows
{
    /// <summary>Numbers of one sample.</summary>
    public abstract int Length { get; }

    /// <summary>Reads one sample's numbers; by one thread at a time.</summary>
    public abstract void Read(int sample, Span<float> target);
}

/// <summary>Samples one after another in a file, 32-bit floats, little endian.</summary>
internal sealed class FileRows(string path, int length) : SampleRows, IDisposable
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.RandomAccess);

    public override int Length => length;

    public override void Read(int sample, Span<float> target)
    {
        var bytes = MemoryMarshal.AsBytes(target[..length]);
        var at = (long)sample * length * sizeof(float);
        while (bytes.Length > 0)
        {
            var n = RandomAccess.Read(_file, bytes, at);
            if (n == 0)
                throw new EndOfStreamException($"{path} must hold sample {sample}, but got its end.");
            bytes = bytes[n..];
            at += n;
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>Images that are brought to other sizes as they are read.</summary>
internal sealed class FittedRows(SampleRows raw, IReadOnlyList<int> from, IReadOnlyList<int> to) : SampleRows
{
    private readonly float[] _image = new float[raw.Length];

    public override int Length { get; } = to.Aggregate(1, (product, size) => product * size);

    public override void Read(int sample, Span<float> target)
    {
        raw.Read(sample, _image);
        ImageFit.Apply(_image, [0], from, to).CopyTo(target);
    }
}

/// <summary>A part of a data set whose samples are read and normalised when they are needed.</summary>
internal sealed class NormalizedRows(SampleRows raw, Normalization normalization, int[] which) : SampleRows
{
    private readonly float[] _row = new float[raw.Length];

    public override int Length { get; } = normalization.Sizes.Aggregate(1, (product, size) => product * size);

    public override void Read(int sample, Span<float> target)
    {
        raw.Read(which[sample], _row);
        target.Clear();
        normalization.Apply(_row, target);
    }
}
