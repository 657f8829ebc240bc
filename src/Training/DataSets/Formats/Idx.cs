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
        var (sizes, values) = ReadFile(source, source.Path, source.Shown);
        var (labelSizes, labels) = ReadFile(source, source.Labels, "the file of labels");
        if (labelSizes.Length != 1 || sizes.Length < 2 || labelSizes[0] != sizes[0])
            throw new InvalidDataSetException($"labels must be one for each sample, but got sizes [{string.Join(", ", labelSizes)}] for samples of [{string.Join(", ", sizes)}].");
        if (labels.Any(l => l < 0 || l >= source.Bounds.Categories || l != Math.Floor(l)))
            throw new InvalidDataSetException($"labels must be whole numbers from 0 to {source.Bounds.Categories - 1}, but got others.");
        int[] shape = sizes.Length switch { 2 => [sizes[1]], 3 => [1, sizes[1], sizes[2]], 4 => [sizes[1], sizes[2], sizes[3]], _ => [.. sizes[1..]] };
        return new RawSamples(shape.Length == 3 ? SampleKind.Image : SampleKind.Table) { Sizes = shape.Length == 3 ? shape : [shape.Aggregate(1, (a, b) => a * b)], Values = values, Labels = [.. labels.Select(l => (long)l)] };
    }

    private static (int[] Sizes, float[] Values) ReadFile(DataSetSource source, string path, string shown)
    {
        using var stream = source.Open(path);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        if (bytes.Length < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[2] is not (0x08 or 0x09 or 0x0D) || bytes[3] is 0 or > 4 || bytes.Length < 4 + 4 * bytes[3])
            throw new InvalidDataSetException($"{shown} must begin with IDX's magic number, for bytes or floats of 1 to 4 dimensions, but got {Convert.ToHexString(bytes[..Math.Min(4, bytes.Length)])}.");
        var (type, sizes) = (bytes[2], new int[bytes[3]]);
        long count = 1;
        for (var i = 0; i < sizes.Length; i++)
            count = Math.Min(long.MaxValue / int.MaxValue, count * (sizes[i] = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(bytes[(4 + 4 * i)..]))));
        var data = bytes[(4 + 4 * sizes.Length)..];
        var width = type == 0x0D ? 4 : 1;
        if (count == 0 || data.Length != count * width)
            throw new InvalidDataSetException($"{shown} must hold {string.Join(" x ", sizes)} values, but got {data.Length / width}.");
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = type switch { 0x08 => data[i], 0x09 => (sbyte)data[i], _ => BinaryPrimitives.ReadSingleBigEndian(data[(4 * i)..]) };
        return (sizes, values);
    }
}
