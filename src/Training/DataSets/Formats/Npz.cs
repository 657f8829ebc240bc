using System.Text;

namespace HpoService.Training.DataSets.Formats;

/// <summary>NumPy arrays in a ZIP: samples and targets, and their test part if there is one. Arrays of objects are pickles, programs that is:
/// they are refused.</summary>
internal sealed class Npz : IDataSetFormat
{
    private static readonly string[] SampleNames = ["x", "X", "features", "data", "images", "x_train", "X_train", "train_images"];
    private static readonly string[] TargetNames = ["y", "Y", "labels", "target", "targets", "y_train", "train_labels"];
    private static readonly string[] TestSampleNames = ["x_test", "X_test", "test_images"];
    private static readonly string[] TestTargetNames = ["y_test", "Y_test", "test_labels"];

    public string Name => "npz";

    public string Description => "NumPy's npz: arrays x and y, and x_test and y_test if there is a test part.";

    public bool IsUsual(string fileName) => fileName.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    public RawData Read(DataSetSource source)
    {
        using var archive = new Archive(source);
        var entries = archive.Files.GroupBy(e => Path.GetFileNameWithoutExtension(e.FullName)).ToDictionary(g => g.Key, g => g.Count() == 1 ? g.First()
            : throw new InvalidDataSetException($"arrays of an npz must have distinct names, but got '{g.Key}' twice."));
        using var values = new ValueSink(source.Store);
        using var targets = new ValueSink(null);
        var (x, y) = (Get(SampleNames, values), Get(TargetNames, targets));
        int? testStart = null;
        if (TestSampleNames.Any(entries.ContainsKey))
        {
            testStart = x.Shape[0];
            (x, y) = (x.Append(Get(TestSampleNames, values)), y.Append(Get(TestTargetNames, targets)));
        }

        if (x.Shape.Length < 2 || y.Shape.Length is 0 or > 2 || y.Shape[0] != x.Shape[0])
            throw new InvalidDataSetException($"y must have a target for each sample of x, but got shapes [{string.Join(", ", y.Shape)}] and [{string.Join(", ", x.Shape)}].");
        var raw = Samples(x) with { TestStart = testStart };
        var (all, rows) = values.Done(raw.Sizes.Aggregate(1, (product, size) => product * size));
        return WithTargets(raw with { Values = all, Rows = rows }, y, targets.Done(1).Values, source);

        NpyArray Get(IEnumerable<string> names, ValueSink into) => names.FirstOrDefault(entries.ContainsKey) is { } name
            ? archive.Read(entries[name], stream => NpyArray.Parse(stream, name, into))
            : throw new InvalidDataSetException($"an npz must have an array named one of {string.Join(", ", names)}, but got {string.Join(", ", entries.Keys)}.");
    }

    // [n, d] is a table, [n, t, d] sequences, [n, c, h, w] images; [n, h, w] of bytes are gray images, [n, h, w, 1 or 3] have their channels last.
    private static RawSamples Samples(NpyArray x) => x.Shape switch
    {
        [_, var d] => new RawSamples(SampleKind.Table) { Sizes = [d], Values = [] },
        [_, var h, var w] when x.IsBytes => new RawSamples(SampleKind.Image) { Sizes = [1, h, w], Values = [] },
        [_, var t, var d] => new RawSamples(SampleKind.Sequence) { Sizes = [t, d], Values = [] },
        [_, var h, var w, 1 or 3] => new RawSamples(SampleKind.Image) { Sizes = [x.Shape[3], h, w], Values = [] },
        [_, var c, var h, var w] => new RawSamples(SampleKind.Image) { Sizes = [c, h, w], Values = [] },
        _ => throw new InvalidDataSetException($"x must have 2 to 4 dimensions, but got [{string.Join(", ", x.Shape)}]."),
    };

    private static RawSamples WithTargets(RawSamples raw, NpyArray y, float[] targets, DataSetSource source)
    {
        var isClass = source.Goal is null ? y.Shape.Length == 1 && y.IsInteger : source.Goal == "classification";
        if (!isClass)
            return raw with { Targets = targets, TargetNames = [.. Enumerable.Range(0, y.Shape.Length == 2 ? y.Shape[1] : 1).Select(i => $"y{i}")] };
        if (Array.FindIndex(targets, v => v < 0 || v >= source.Bounds.Categories || v != MathF.Floor(v)) is var wrong && wrong >= 0)
            throw new InvalidDataSetException($"classes must be whole numbers from 0 to {source.Bounds.Categories - 1}, but got {targets[wrong]} at position {wrong} of y.");
        return raw with { Labels = [.. targets.Select(v => (long)v)] };
    }
}

/// <summary>An array of numbers in NumPy's npy format, versions 1 to 3.</summary>
internal sealed record NpyArray(int[] Shape, bool IsInteger, bool IsBytes)
{
    /// <summary>Reads an array; its numbers go into the sink, those of images with their channels first.</summary>
    public static NpyArray Parse(Stream stream, string name, ValueSink into)
    {
        var start = new byte[12];
        var got = stream.ReadAtLeast(start.AsSpan(0, 10), 10, throwOnEndOfStream: false);
        if (got == 10 && start[6] > 1)
            got += stream.ReadAtLeast(start.AsSpan(10), 2, throwOnEndOfStream: false);
        if (got < 10 || start[0] != 0x93 || Encoding.ASCII.GetString(start, 1, 5) != "NUMPY" || start[6] is 0 or > 3 || start[6] > 1 && got < 12)
            throw new InvalidDataSetException($"array {name} must be in the npy format, but got other bytes.");
        var length = start[6] == 1 ? BitConverter.ToUInt16(start, 8) : (int)Math.Min(int.MaxValue, BitConverter.ToUInt32(start, 8));
        var text = new byte[Math.Min(length, 1 << 16)];
        got = stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        if (length > got)
            throw new InvalidDataSetException($"array {name} must have its header of {length} bytes, but got {got}.");
        var header = Encoding.UTF8.GetString(text);
        var (type, shape) = (Between(header, "'descr':", name).Trim(' ', '\''), Sizes(header, name));
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal))
            throw new InvalidDataSetException($"array {name} must be in C order, but got fortran_order.");
        (int Width, Func<ReadOnlySpan<byte>, float> Read) = type switch
        {
            "<f4" => (4, b => BitConverter.ToSingle(b)),
            "<f8" => (8, b => (float)BitConverter.ToDouble(b)),
            "<f2" => (2, b => (float)BitConverter.ToHalf(b)),
            "|u1" or "|b1" => (1, b => b[0]),
            "|i1" => (1, b => (sbyte)b[0]),
            "<i2" => (2, b => BitConverter.ToInt16(b)),
            "<u2" => (2, b => BitConverter.ToUInt16(b)),
            "<i4" => (4, b => BitConverter.ToInt32(b)),
            "<u4" => (4, b => BitConverter.ToUInt32(b)),
            "<i8" => (8, b => BitConverter.ToInt64(b)),
            _ => ((int, Func<ReadOnlySpan<byte>, float>))(0, _ => 0),
        };
        if (Width == 0)
            throw new InvalidDataSetException($"array {name} must hold numbers, little endian, but got {type}{(type.Contains('O', StringComparison.Ordinal) ? ", objects, whose pickles would run as programs" : "")}.");
        var array = new NpyArray(shape, type[1] is 'i' or 'u', type == "|u1");
        var (count, read) = (shape.Aggregate(1L, (product, size) => product > (1L << 40) / size ? 1L << 40 : product * size), 0L);
        var sample = (int)shape.Skip(1).Aggregate(1L, (product, size) => Math.Min(int.MaxValue, product * size));
        if (sample > 1 << 24)
            throw new InvalidDataSetException($"array {name} must hold samples of at most {1 << 24} values, but got {string.Join(" x ", shape.Skip(1))}.");
        var (bytes, numbers) = (new byte[Width * sample * Math.Max(1, (1 << 14) / sample)], new float[sample]);
        while (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) is > 0 and var n)
        {
            if ((read += n) > count * Width)
                throw new InvalidDataSetException($"array {name} must hold {string.Join(" x ", shape)} values, but got more.");
            for (var at = 0; at + Width * sample <= n; at += Width * sample)
            {
                for (var i = 0; i < sample; i++)
                    numbers[i] = Read(bytes.AsSpan(at + i * Width));
                into.Add(array.ChannelsFirst(numbers));
            }
        }

        return read == count * Width ? array : throw new InvalidDataSetException($"array {name} must hold {string.Join(" x ", shape)} values, but got {read / Width}.");
    }

    // [h, w, channels] as [channels, h, w].
    private ReadOnlySpan<float> ChannelsFirst(float[] sample)
    {
        if (Shape is not [_, var h, var w, 3])
            return sample;
        var (values, places) = (new float[sample.Length], h * w);
        for (var i = 0; i < values.Length; i++)
            values[i % 3 * places + i / 3] = sample[i];
        return values;
    }

    /// <summary>The same with the samples of another array after its own.</summary>
    public NpyArray Append(NpyArray other) => Shape.Skip(1).SequenceEqual(other.Shape.Skip(1))
        ? this with { Shape = [Shape[0] + other.Shape[0], .. Shape[1..]] }
        : throw new InvalidDataSetException($"samples must have one shape, but got [{string.Join(", ", Shape[1..])}] and [{string.Join(", ", other.Shape[1..])}].");

    private static int[] Sizes(string header, string name)
    {
        var start = header.IndexOf('(', StringComparison.Ordinal);
        var end = header.IndexOf(')', Math.Max(0, start));
        var parts = start < 0 || end < 0 ? [""] : header[(start + 1)..end].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var sizes = parts.Select(p => int.TryParse(p, out var size) && size > 0 ? size : -1).ToArray();
        return sizes.Length is > 0 and <= 8 && sizes.All(s => s > 0) ? sizes
            : throw new InvalidDataSetException($"array {name} must have a shape of sizes above 0, but got {header[Math.Max(0, start)..]}.");
    }

    private static string Between(string header, string key, string name)
    {
        var start = header.IndexOf(key, StringComparison.Ordinal);
        var end = start < 0 ? -1 : header.IndexOf(',', start);
        return end > 0 ? header[(start + key.Length)..end] : throw new InvalidDataSetException($"array {name} must say its type, but got {header}.");
    }
}
