using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpoService.Storage;

/// <summary>A file that a trial kept.</summary>
/// <param name="Name">Its name in the trial's folder.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ModifiedAt">When it was last written, UTC.</param>
public sealed record Artifact(string Name, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>What runners leave beside the database: a log and a folder of artifacts for each trial, under the data folder.</summary>
/// <remarks>Written by workers on this machine, and by the programs that they run: names come from outside on both ways, and a program may
/// leave a link to where it must not lead. Only plain files that lie directly in a trial's folder are given out.</remarks>
/// <param name="root">The folder of all trials' folders.</param>
public sealed class TrialFiles(string root)
{
    /// <summary>What a trial's log holds at most, in bytes; what comes after is dropped.</summary>
    public const long MaxLogBytes = 16 << 20;

    private const int MaxListed = 10_000;
    private readonly string _root = Path.GetFullPath(root);

    /// <summary>The trial's folder; made when it is not there.</summary>
    public string FolderOf(long studyId, int number) => Directory.CreateDirectory(PathOf(studyId, number)).FullName;

    /// <summary>Where a trial's program leaves what is to be kept; made when it is not there. Later attempts find what earlier ones left.</summary>
    public string ArtifactsOf(long studyId, int number) => Directory.CreateDirectory(Path.Combine(PathOf(studyId, number), "artifacts")).FullName;

    /// <summary>The log, to be appended to.</summary>
    public TrialLog AppendLog(long studyId, int number) => new(Path.Combine(FolderOf(studyId, number), "log"), MaxLogBytes);

    /// <summary>The log, to be read while it may still grow.</summary>
    /// <exception cref="NotFoundException">The trial has none.</exception>
    /// <exception cref="UnavailableException">This process may not read it.</exception>
    public Stream OpenLog(long studyId, int number) => Open(Path.Combine(PathOf(studyId, number), "log")) ?? throw new NotFoundException("log", $"trial {number}");

    /// <summary>The artifacts, by name.</summary>
    public IReadOnlyList<Artifact> List(long studyId, int number)
    {
        var folder = new DirectoryInfo(Path.Combine(PathOf(studyId, number), "artifacts"));
        return !folder.Exists || folder.LinkTarget is not null ? [] : [.. folder.EnumerateFiles().Where(IsPlain).Take(MaxListed).OrderBy(f => f.Name, StringComparer.Ordinal)
            .Select(f => new Artifact(f.Name, f.Length, new DateTimeOffset(f.LastWriteTimeUtc, TimeSpan.Zero)))];
    }

    /// <summary>One artifact.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    /// <exception cref="UnavailableException">This process may not read it.</exception>
    public Stream OpenArtifact(long studyId, int number, string name)
    {
        var folder = new DirectoryInfo(Path.Combine(PathOf(studyId, number), "artifacts"));
        return (IsName(name) && folder.LinkTarget is null ? Open(Path.Combine(folder.FullName, name)) : null) ?? throw new NotFoundException("artifact", name);
    }

    /// <summary>Removes everything of a study that was deleted.</summary>
    public void Delete(long studyId)
    {
        var folder = Path.Combine(_root, $"{studyId}");
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A program may still write there. Ids are never given again, so what is left disturbs nobody.
        }
    }

    private string PathOf(long studyId, int number) => Path.Combine(_root, $"{studyId}", $"{number}");

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 255 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    private static bool IsPlain(FileInfo file) =>
        file.LinkTarget is null && (file.Attributes & (FileAttributes.Directory | FileAttributes.Device | FileAttributes.ReparsePoint)) == 0;

    private static Stream? Open(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || !IsPlain(file))
            return null;
        try
        {
            // Opening a pipe, which has no length, would wait for its other end.
            return file.Length == 0
                ? new MemoryStream([], writable: false)
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 65_536, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (IOException)
        {
            return null; // gone since
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnavailableException("what trials keep must be readable for the service, but got a file that is not: the worker's user or umask is another.");
        }
    }
}

/// <summary>A trial's log as it is written, line by line; safe for use by several threads. What the disk does not take is counted and left out: the trial goes on.</summary>
public sealed class TrialLog : IDisposable
{
    private readonly Lock _writing = new();
    private readonly FileStream _file;
    private readonly long _most;
    private long _length;
    private int _lost;
    private bool _isFull;

    internal TrialLog(string path, long most)
    {
        (_file, _most) = (new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0), most);
        // A worker that was away for a while may write beside another one by now: neither overwrites the other's lines.
        if (OperatingSystem.IsLinux())
            _ = SetFlags(_file.SafeFileHandle, 4, 0x400); // F_SETFL, O_APPEND
        _length = _file.CanSeek ? _file.Length : 0;
    }

    /// <summary>Appends a line, so that readers see it at once.</summary>
    public void Write(string line)
    {
        lock (_writing)
        {
            if (_isFull || !_file.CanWrite)
                return;
            try
            {
                if (_lost > 0)
                    Append($"… {_lost} lines are missing here: they could not be written.");
                _lost = 0;
                _isFull = _length + line.Length + 1 > _most;
                Append(_isFull ? $"… the log is full: it holds {_most} bytes at most." : line);
            }
            catch (IOException)
            {
                _lost++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_writing)
            _file.Dispose();
    }

    [DllImport("libc", EntryPoint = "fcntl"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFlags(SafeFileHandle file, int command, int flags);

    private void Append(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        _file.Write(bytes);
        _length += bytes.Length;
    }
}
