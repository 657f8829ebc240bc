using System.Security.Cryptography;

namespace HpoService.Storage;

/// <summary>Where a file lies until it is checked: beside the data sets, so that keeping it is a rename. Disposing it removes what was not kept.</summary>
/// <remarks>A locked file beside it says that its process lives, as the kernel takes the lock back from a process however it ends; so the next service can tell at its start what
/// was abandoned. Whatever is removed gets another name first: a process that still reads in it cannot make a data set of what is half gone.</remarks>
public sealed class UploadFolder : IDisposable
{
    private const string Prefix = ".upload-", Lock = ".lock";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(12);
    private readonly string _path;
    private FileStream? _lock;

    internal UploadFolder(string root, TimeProvider time)
    {
        _path = Path.Combine(root, Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true));
        Guard(() =>
        {
            Directory.CreateDirectory(root);
            _lock = new FileStream(_path + Lock, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            Directory.CreateDirectory(_path);
        });
        // What a crash left behind, of uploads and of data sets that were coming or going.
        foreach (var folder in new DirectoryInfo(root).EnumerateDirectories(".*").Where(d => d.LastWriteTimeUtc < time.GetUtcNow().UtcDateTime - Abandoned))
            Remove(folder.FullName);
    }

    /// <summary>The path of a file in it.</summary>
    public string PathOf(string file) => Path.Combine(_path, file);

    /// <summary>Writes a stream to a file, hashing it on the way.</summary>
    /// <param name="file">A plain name.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="count">Is told of each number of bytes before they are written; may throw.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>SHA-256 of the content, hexadecimal.</returns>
    /// <exception cref="UnwritableException">The disk is full, for instance.</exception>
    public async Task<string> WriteAsync(string file, Stream content, Action<int> count, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        FileStream? open = null;
        Guard(() => open = new FileStream(PathOf(file), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
        await using var target = open!;
        var buffer = new byte[1 << 16];
        while (await content.ReadAsync(buffer, cancellationToken) is var n and > 0)
        {
            count(n);
            hash.AppendData(buffer, 0, n);
            Guard(() => target.Write(buffer, 0, n));
        }

        Guard(() => target.Flush(flushToDisk: true));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove(_path);
        _lock?.Dispose();
    }

    /// <summary>Removes those whose process has ended without removing them.</summary>
    internal static void RemoveAbandoned(string root)
    {
        if (!Directory.Exists(root))
            return;
        foreach (var path in Directory.GetDirectories(root, Prefix + "*").Concat(Directory.GetFiles(root, Prefix + "*" + Lock).Select(file => file[..^Lock.Length])).Distinct())
        {
            try
            {
                using var held = File.Exists(path + Lock) ? new FileStream(path + Lock, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose) : null;
                Remove(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process lives, or it has just been removed.
            }
        }
    }

    // ArgumentOutOfRange is what the framework makes of a file that may not grow any more.
    private static void Guard(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw new UnwritableException("a full disk or one that takes no writes", e, "data folder");
        }
    }

    private static void Remove(string path)
    {
        try
        {
            if (!Directory.Exists(path))
                return;
            var gone = Path.Combine(Path.GetDirectoryName(path)!, $"{Prefix}gone-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
            Directory.Move(path, gone);
            Directory.Delete(gone, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else removes it, or the next upload after half a day does.
        }
    }
}
