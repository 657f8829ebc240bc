namespace HpoService.Bench.Latency;

/// <summary>The largest resident memory of this process since a moment.</summary>
internal static class PeakMemory
{
    private const string Reset = "/proc/self/clear_refs";
    private const string Status = "/proc/self/status";

    /// <summary>Starts anew, where the system can (Linux: proc(5), clear_refs 5).</summary>
    public static void Restart()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (File.Exists(Reset))
            File.WriteAllText(Reset, "5");
    }

    /// <summary>In MiB.</summary>
    public static double Read()
    {
        if (!File.Exists(Status))
            return System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
        var line = File.ReadLines(Status).First(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        return double.Parse(new string([.. line.Where(char.IsAsciiDigit)])) / 1024;
    }
}
