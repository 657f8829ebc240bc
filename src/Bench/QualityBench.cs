using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using HpoService.Bench.Problems;
using HpoService.Bench.Reports;
using HpoService.Bench.Runs;
using HpoService.Bench.Statistics;
using HpoService.Search.Sampling;

namespace HpoService.Bench;

/// <summary>Searches known problems with the real samplers and says how good they are.</summary>
public static class QualityBench
{
    private static readonly int[] Judged = [25, 50, 100, 200];

    /// <summary>Searches, writes the lines and prints the report. The same request gives the same lines.</summary>
    /// <exception cref="Search.HpoException">The request names something unknown.</exception>
    public static void Measure(QualityRequest request, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        request.Validate();
        var catalog = new Catalog(request.Data);
        var problems = catalog.Select(request.Tasks);
        var recorded = request.Reference is null ? [] : RunLine.Read(request.Reference);
        var lines = Search(request, problems, progress, cancellationToken);
        output.WriteLine($"# Search quality\n\n{Machine.Describe()}.");
        output.WriteLine($"{request.Seeds.Count} seeds, {request.Parallel} trial(s) at a time{(request.Options is { } o ? $", options {o}" : "")}.");
        Report(catalog, problems, lines, recorded, output);
    }

    /// <summary>Prints the report of recorded searches.</summary>
    /// <param name="runs">The file of the ones to judge; the first line's sampler comes first.</param>
    /// <param name="data">The folder of the tables; null = lines of tables are left out.</param>
    /// <param name="reference">Recorded searches to compare with; null = none.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="Search.HpoException">A path leads nowhere.</exception>
    public static void Compare(string runs, string? data, string? reference, TextWriter output)
    {
        var catalog = new Catalog(data);
        var lines = RunLine.Read(runs);
        Report(catalog, catalog.Recorded(lines.Select(line => line.Task).ToHashSet()), lines, reference is null ? [] : RunLine.Read(reference), output);
    }

    private static RunLine[] Search(QualityRequest request, IReadOnlyList<Problem> problems, TextWriter progress, CancellationToken cancellationToken)
    {
        var searches = new List<(Problem Problem, string Kind, string Name, JsonElement? Options, long Seed, int Index)>();
        foreach (var problem in problems)
        {
            foreach (var (i, kind) in request.Samplers.Index())
            {
                var options = i == 0 ? request.Options : null;
                // What is wrong with kinds and options shows here, and not after an hour.
                SamplerRegistry.Create(new SamplerSettings(kind, 0, options), problem.Space, problem.Objectives);
                foreach (var seed in request.Seeds)
                    searches.Add((problem, kind, i == 0 ? request.Label ?? kind : kind, options, seed, searches.Count));
            }
        }

        using var file = request.Out is null ? null : File.CreateText(request.Out);
        var lines = new RunLine[searches.Count];
        var (done, written) = (0, 0);
        var width = new ParallelOptions { MaxDegreeOfParallelism = request.Jobs, CancellationToken = cancellationToken };
        Parallel.ForEach(Partitioner.Create(searches, EnumerablePartitionerOptions.NoBuffering), width, search =>
        {
            var start = Stopwatch.GetTimestamp();
            var trials = request.Trials ?? search.Problem.Trials;
            var best = Run.Best(search.Problem, search.Kind, search.Seed, trials, request.Parallel, search.Options, cancellationToken);
            lock (lines)
            {
                lines[search.Index] = RunLine.Of(search.Problem.Name, search.Name, search.Seed, best, search.Problem.Origin);
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                progress.WriteLine($"{++done}/{lines.Length} {search.Problem.Name} {search.Name} seed {search.Seed}: {best[^1]:G6} in {seconds:F1} s");
                // In their order, and at once: a break leaves the searches before it.
                for (; written < lines.Length && lines[written] is { } next; written++)
                    file?.WriteLine(next.ToJson());
                file?.Flush();
            }
        });
        return lines;
    }

    private static void Report(Catalog catalog, IReadOnlyList<Problem> problems, IReadOnlyList<RunLine> lines, IReadOnlyList<RunLine> recorded, TextWriter output)
    {
        string[] own = [.. lines.Select(line => line.Sampler).Distinct()];
        string[] others = [.. recorded.Select(line => line.Sampler).Distinct().Except(own).Order(StringComparer.Ordinal)];
        var comparison = new Comparison(lines.Concat(recorded.Where(line => others.Contains(line.Sampler))));
        var longest = lines.Select(line => line.Best.Count).DefaultIfEmpty().Max();
        QualityTable.WriteOwn(output, comparison, problems, own, longest);
        // A group has as many trials as its shortest search.
        foreach (var groups in problems.GroupBy(catalog.GroupOf).GroupBy(g => lines.Where(l => g.Any(p => p.Name == l.Task)).Min(l => l.Best.Count)))
        {
            var named = groups.Select(g => (g.Key, (IReadOnlyList<Problem>)[.. g])).ToList();
            string[] samplers = [.. own, .. others.Where(s => recorded.Any(line => line.Sampler == s && groups.Any(g => g.Any(p => p.Name == line.Task))))];
            int[] checkpoints = [.. Judged.Where(c => c <= groups.Key)];
            if (samplers.Length < 2 || checkpoints.Length == 0)
                continue;
            foreach (var trials in checkpoints)
                QualityTable.WriteBeside(output, comparison, [.. groups.SelectMany(g => g)], samplers, trials);
            new StandingTable(comparison, named, samplers, checkpoints).Write(output);
        }
    }
}
