using System.IO.Compression;

namespace HpoService.Training.DataSets.Formats;

/// <summary>A ZIP file, read in place: nothing is unpacked to disk, so no name in it can reach outside; sizes are limited while reading, whatever
/// its directory claims.</summary>
internal sealed class Archive : IDisposable
{
    private readonly ZipArchive _zip;
    private readonly long _most;
    private long _read;

    public Archive(DataSetSource source)
    {
        _most = source.Bounds.Bytes;
        var file = File.OpenRead(source.Path);
        try
        {
            _zip = new ZipArchive(file, ZipArchiveMode.Read);
            if (_zip.Entries.Count > source.Bounds.Entries)
                throw new InvalidDataSetException($"an archive must have at most {source.Bounds.Entries} files, but got {_zip.Entries.Count}.");
        }
        catch (InvalidDataException e)
        {
            file.Dispose();
            throw new InvalidDataSetException($"{source.Shown} must be a ZIP archive, but got: {e.Message}");
        }
    }

    /// <summary>Its files in ordinal order, without folders and what systems add (names that begin with a point, __MACOSX).</summary>
    public IEnumerable<ZipArchiveEntry> Files => _zip.Entries
        .Where(e => e.Name.Length > 0 && e.Name[0] != '.' && !e.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal)).OrderBy(e => e.FullName, StringComparer.Ordinal);

    /// <summary>A file's content.</summary>
    public byte[] Read(ZipArchiveEntry entry) => Read(entry, stream =>
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    });

    /// <summary>What is made of a file's content.</summary>
    public T Read<T>(ZipArchiveEntry entry, Func<Stream, T> make)
    {
        try
        {
            using var stream = new LimitedStream(entry.Open(), _most - _read);
            var made = make(stream);
            _read += stream.Position;
            return made;
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataSetException($"{entry.FullName} must unpack, but got: {e.Message}");
        }
    }

    public void Dispose() => _zip.Dispose();
}
