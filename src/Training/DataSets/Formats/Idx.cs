using System.Buffers.Binary;

namespace HpoService.Training.DataSets.Formats;

/// <summary>IDX, the format of MNIST: a file of images or rows, unsigned bytes or floats, and one of labels.</summary>
internal sealed class Idx : IDataSetFormat
{
    public string Name => "idx";

    public string Description => "IDX as MNIST's: a file of samples, and a second one, labels, of their classes.";

    public bool IsUsual(string fileName) => fileName.Contains("-idx", StringComparison.Ordinal) || fileName.EndsWith(".idx", StringComparison.OrdinalIgnoreCase);

    public RawData Read(DataSetSource source)
    {
        if (source.Labels is null)
            throw new InvalidDataSetException("an IDX data set must have a second file with its labels, but got none.", "/labels");
        var (sizes, values, rows) = ReadFile(source, source.Path, source.Shown, source.Store);
        var (labelSizes, labels, _) = ReadFile(source, source.Labels, "the file of labels", null);
        if (labelSizes.Length != 1 || sizes.Length < 2 || labelSizes[0] != sizes[0])
            throw new InvalidDataSetException($"labels must be one for each sample, but got sizes [{string.Join(", ", labelSizes)}] for samples of [{string.Join(", ", sizes)}].");
        if (labels.Any(l => l < 0 || l >= source.Bounds.Categories || l != Math.Floor(l)))
            throw new InvalidDataSetException($"labels must be whole numbers from 0 to {source.Bounds.Categories - 1}, but got others.");
        int[] shape = sizes.Length switch { 2 => [sizes[1]], 3 => [1, sizes[1], sizes[2]], 4 => [sizes[1], sizes[2], sizes[3]], _ => [.. sizes[1..]] };
        return new RawSamples(shape.Length == 3 ? SampleKind.Image : SampleKind.Table)
        {
            Sizes = shape.Length == 3 ? shape : [shape.Aggregate(1, (a, b) => a * b)], Values = values, Rows = rows, Labels = [.. labels.Select(l => (long)l)],
        };
    }

    private static (int[] Sizes, float[] Values, SampleRows? Rows) ReadFile(DataSetSource source, string path, string shown, ValueStore? store)
    {
        using var stream = source.Open(path);
        using var values = new ValueSink(store);
        var head = new byte[20];
        var got = stream.ReadAtLeast(head.AsSpan(0, 4), 4, throwOnEndOfStream: false);
        if (got == 4 && head[3] is > 0 and <= 4)
            got += stream.ReadAtLeast(head.AsSpan(4, 4 * head[3]), 4 * head[3], throwOnEndOfStream: false);
        if (got < 4 || head[0] != 0 || head[1] != 0 || head[2] is not (0x08 or 0x09 or 0x0D) || head[3] is 0 or > 4 || got < 4 + 4 * head[3])
            throw new InvalidDataSetException($"{shown} must begin with IDX's magic number, for bytes or floats of 1 to 4 dimensions, but got {Convert.ToHexString(head[..Math.Min(4, got)])}.");
        var (type, sizes) = (head[2], new int[head[3]]);
        long count = 1;
        for (var i = 0; i < sizes.Length; i++)
            count = Math.Min(long.MaxValue / int.MaxValue, count * (sizes[i] = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4 + 4 * i)))));
        var (width, bytes) = (type == 0x0D ? 4 : 1, 0L);
        var (buffer, numbers) = (new byte[1 << 16], new float[1 << 16]);
        while (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is > 0 and var n)
        {
            for (var i = 0; i < n / width; i++)
                numbers[i] = type switch { 0x08 => buffer[i], 0x09 => (sbyte)buffer[i], _ => BinaryPrimitives.ReadSingleBigEndian(buffer.AsSpan(4 * i)) };
            if ((bytes += n) > count * width)
                break;
            values.Add(numbers.AsSpan(0, n / width));
        }

        if (count == 0 || bytes != count * width)
            throw new InvalidDataSetException($"{shown} must hold {string.Join(" x ", sizes)} values, but got {(bytes > count * width ? "more" : bytes / width)}.");
        var (all, rows) = values.Done((int)(count / Math.Max(1, sizes[0])));
        return (sizes, all, rows);
    }
}
