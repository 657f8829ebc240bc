using System.Diagnostics;

namespace HpoService.Bench.Service;

/// <summary>A server in a process of its own, on a free port of the loopback address.</summary>
internal sealed class ChildServer : IDisposable
{
    private const string Ready = "listening on ";
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux
    private readonly Process _process;

    private ChildServer(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<ChildServer> StartAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var process = Process.Start(new ProcessStartInfo(program, [.. arguments, "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith(Ready, StringComparison.Ordinal))
                continue;
            // Or the server waits as soon as its log fills the pipe.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return new ChildServer(process, new Uri(line[Ready.Length..]));
        }

        throw new IOException($"the server must say where it listens, but '{program} {string.Join(' ', arguments)}' ended.");
    }

    /// <summary>Processor seconds used so far.</summary>
    public double CpuSeconds()
    {
        var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ", 2)[1].Split(' ');
        return (double.Parse(fields[11]) + double.Parse(fields[12])) / TicksPerSecond;
    }

    /// <summary>The largest resident memory so far, MiB.</summary>
    public double PeakMemory() => Status("VmHWM");

    /// <summary>The resident memory now, MiB.</summary>
    public double Memory() => Status("VmRSS");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private double Status(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(new string([.. line.Where(char.IsAsciiDigit)])) / 1024;
    }
}
