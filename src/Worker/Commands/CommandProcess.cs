using System.Diagnostics;
using System.Runtime.InteropServices;
using HpoService.Storage;

namespace HpoService.Worker.Commands;

/// <summary>A registered program as a process group of its own, which ends with its worker whatever way that ends.</summary>
/// <remarks>A shell starts it, with a watcher beside it that reads from the worker and is never sent anything: the read ends when the worker
/// closes the pipe or dies, and then the watcher kills the group, itself included, so that nothing the program started is left behind.
/// The program reads the trial's file as its input.</remarks>
internal sealed class CommandProcess : IDisposable
{
    private const int Terminate = 15, KillNow = 9;

    internal const string Script = """
        exec 3<&0 </dev/null
        (trap "" TERM INT HUP; exec >/dev/null 2>&1; read -r _ <&3; kill -KILL 0) &
        exec "$@" 3<&- <"$HPO_TRIAL_FILE"
        """;

    private readonly Process _process;

    public CommandProcess(CommandSpec command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var argument in new[] { "sh", "-c", Script, "sh", command.Program }.Concat(arguments))
            start.ArgumentList.Add(argument);
        start.Environment.Remove(Database.AddressVariable); // with a password: whatever a program prints is in a log that many may read
        foreach (var (name, value) in command.Environment.Concat(environment))
            start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    public StreamReader Output => _process.StandardOutput;

    public StreamReader Error => _process.StandardError;

    public int Id => _process.Id;

    /// <summary>The program's exit code, once it has ended; what it started may go on.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the program, and what it started, to end.</summary>
    public void Stop() => Signal(Terminate);

    /// <summary>Kills whatever is left of the group.</summary>
    public void Dispose()
    {
        Signal(KillNow);
        try
        {
            _process.StandardInput.Close(); // the watcher's sign
        }
        catch (IOException)
        {
            // The watcher is gone, and with it the group.
        }

        _process.Dispose();
    }

    private void Signal(int signal)
    {
        // While the program lives its id is nobody else's. Afterwards the watcher sees to the rest.
        if (!_process.HasExited)
            _ = Kill(-_process.Id, signal);
    }

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
