using HpoService.Search;

namespace HpoService.Cli.Commands;

/// <summary>Gives each worker over a data folder a name of its own, and the same one again after a crash.</summary>
internal static class WorkerName
{
    private static readonly string Machine = Environment.MachineName.ToLowerInvariant();

    // Held until the process ends, however it ends: the lock is the kernel's.
    private static readonly List<FileStream> Locks = [];

    /// <summary>The wanted name, or the first free one of machine, machine-2, machine-3, …</summary>
    /// <exception cref="InvalidStudyException">The wanted name is taken by a worker that lives.</exception>
    public static string Claim(string data, string? wanted)
    {
        Directory.CreateDirectory(data);
        if (wanted is not null)
            return TryLock(data, wanted) ? wanted : throw new InvalidStudyException("/name", $"a worker's name must be free, but got '{wanted}', which is running.");
        for (var i = 1; ; i++)
        {
            var name = i == 1 ? Machine : $"{Machine}-{i}";
            if (TryLock(data, name))
                return name;
        }
    }

    /// <summary>Whether <see cref="Claim"/> gives such a name here to a worker that wants none.</summary>
    public static bool IsOfThisMachine(string name) =>
        name == Machine || (name.StartsWith($"{Machine}-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(Machine.Length + 1), out _));

    private static bool TryLock(string data, string name)
    {
        try
        {
            Locks.Add(new FileStream(Path.Combine(data, $"worker-{name}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
