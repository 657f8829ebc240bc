using System.Reflection;

namespace HpoService.Bench.Reports;

/// <summary>What figures depend on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, runtime, and the program's version with its commit.</summary>
    public static string Describe()
    {
        const string CpuFile = "/proc/cpuinfo";
        var lines = File.Exists(CpuFile) ? File.ReadLines(CpuFile) : [];
        var model = lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        var version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return $"{model ?? "unknown processor"}, {Environment.ProcessorCount} cores, .NET {Environment.Version}, version {version}";
    }
}
