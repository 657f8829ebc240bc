using System.Diagnostics;
using HpoService.Bench.Latency;
using HpoService.Bench.Reports;
using HpoService.Bench.Statistics;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Bench;

/// <summary>Times one suggestion, on one thread.</summary>
public static class LatencyBench
{
    private const int Fewest = 3;
    private const int Most = 20;
    private const int WarmUp = 60;

    /// <summary>Prints a row for each sampler and length of history.</summary>
    /// <remarks>Cold: a new sampler and a history of new objects, so that nothing kept from earlier helps. Warm: the same sampler, and the
    /// same history with one more trial than at its last suggestion.</remarks>
    /// <exception cref="Search.HpoException">An unknown sampler or bad options.</exception>
    public static void Measure(LatencyRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        var histories = new LongHistory(request.Dimensions, request.IsMixed);
        output.WriteLine($"# Latency of one suggestion\n\n{Machine.Describe()}.");
        var parameters = request.IsMixed ? "parameters: floats, ints and categoricals in turn" : "floats";
        output.WriteLine($"{request.Dimensions} {parameters}, one thread{(request.Options is { } o ? $", options {o}" : "")}.\n");
        output.WriteLine(
            "| sampler | trials | cold median ms | p90 | max | cpu | warm median ms | p90 | max | cpu | repeats | peak MiB | allocated MiB, cold |\n"
            + "|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var kind in request.Samplers)
        {
            ISampler Create() => SamplerRegistry.Create(new SamplerSettings(kind, 1, request.Options), histories.Space, histories.Objectives);
            // Until the runtime has compiled what is hot.
            for (var i = 0; i < WarmUp; i++)
                Create().Suggest(histories.Of(30), 1, cancellationToken);
            foreach (var trials in request.Trials)
                Row(output, request, kind, trials, histories, Create, cancellationToken);
        }
    }

    private static void Row(
        TextWriter output, LatencyRequest request, string kind, int trials, LongHistory histories, Func<ISampler> create, CancellationToken cancellationToken)
    {
        PeakMemory.Restart();
        var allocated = 0L;
        var cold = Times(request.Seconds, () => histories.Of(trials), history =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            create().Suggest(history, 1, cancellationToken);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        var sampler = create();
        var grown = histories.Of(trials);
        var point = sampler.Suggest(grown, 1, cancellationToken)[0].Parameters;
        var warm = Times(request.Seconds, () => grown = histories.With(grown, point), history => point = sampler.Suggest(history, 1, cancellationToken)[0].Parameters);
        output.WriteLine($"| {kind} | {trials} | {Spread(cold)} | {Spread(warm)} | {cold.Count}, {warm.Count} | {PeakMemory.Read():F0} | {allocated / 1048576.0:F1} |");
        output.Flush();
    }

    private static List<(double Wall, double Cpu)> Times(double seconds, Func<StudyHistory> prepare, Action<StudyHistory> suggest)
    {
        var times = new List<(double Wall, double Cpu)>();
        while (times.Count < Fewest || (times.Count < Most && times.Sum(t => t.Wall) < seconds * 1000))
        {
            var history = prepare();
            var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            suggest(history);
            times.Add((Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds));
        }

        return times;
    }

    private static string Spread(List<(double Wall, double Cpu)> times)
    {
        List<double> wall = [.. times.Select(t => t.Wall)];
        return $"{Quantiles.Median(wall):F1} | {Quantiles.Of(wall, 0.9):F1} | {wall.Max():F1} | {Quantiles.Median([.. times.Select(t => t.Cpu)]):F1}";
    }
}
