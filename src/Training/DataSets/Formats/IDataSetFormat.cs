namespace HpoService.Training.DataSets.Formats;

/// <summary>A kind of file that data sets come in.</summary>
internal interface IDataSetFormat
{
    /// <summary>The value of <c>format</c>.</summary>
    string Name { get; }

    /// <summary>What a file of it looks like.</summary>
    string Description { get; }

    /// <summary>Whether a file of this name is usually one; .gz is taken off.</summary>
    bool IsUsual(string fileName);

    /// <summary>Reads a file as a whole.</summary>
    /// <exception cref="InvalidDataSetException">It is not what it should be; says where.</exception>
    RawData Read(DataSetSource source);
}

/// <summary>What is to be read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Target">The target column of a table, by name or number; null = the last.</param>
/// <param name="Labels">The second file of a pair, such as IDX labels.</param>
/// <param name="Goal">classification or regression; null = by the target's values.</param>
/// <param name="Limits">What a file may grow to.</param>
/// <param name="FileName">The name that the file came with; null = the path's.</param>
/// <param name="Store">Where numbers go that are too many for memory; null = all of them are held in memory.</param>
/// <param name="ImageSize">Of files of images: the height and width that each is brought to, from 1 to 1024; null = they have one.</param>
/// <param name="ImageChannels">Of files of images: 1 for gray or 3 for colours; null = they have one number.</param>
public sealed record DataSetSource(
    string Path, string? Target = null, string? Labels = null, string? Goal = null, DataSetLimits? Limits = null, string? FileName = null, ValueStore? Store = null,
    int? ImageSize = null, int? ImageChannels = null)
{
    /// <summary>The content, unpacked if it is gzip, never more than <see cref="DataSetLimits.Bytes"/>.</summary>
    internal Stream Open() => Open(Path);

    internal Stream Open(string path)
    {
        var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return new LimitedStream(isGzip ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress) : file, Bounds.Bytes);
    }

    /// <summary>What errors call the file.</summary>
    internal string Shown => System.IO.Path.GetFileName(FileName ?? Path);

    internal DataSetLimits Bounds => Limits ?? new DataSetLimits();
}

/// <summary>What a data set may grow to when it is read.</summary>
public sealed record DataSetLimits
{
    /// <summary>Unpacked bytes in all.</summary>
    public long Bytes { get; init; } = 4L << 30;

    /// <summary>Files in an archive.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>Pixels of an image.</summary>
    public int Pixels { get; init; } = 16 << 20;

    /// <summary>Classes, and categories of a column.</summary>
    public int Categories { get; init; } = 1000;
}

/// <summary>Reads at most so much, whatever a packed file claims.</summary>
internal sealed class LimitedStream(Stream inner, long most) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int n;
        try
        {
            n = inner.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataSetException($"a packed file must unpack, but got: {e.Message}");
        }

        _read += n;
        return _read <= most ? n : throw new InvalidDataSetException($"a data set must unpack to at most {most} bytes, but got more.");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }
}
