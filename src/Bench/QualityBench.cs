using System.Collections.Concurrent;
using System.Diagnostics;
using HpoService.Bench.Problems;
using HpoService.Bench.Reports;
using HpoService.Bench.Runs;
using HpoService.Bench.Statistics;

namespace HpoService.Bench;

/// <summary>Searches known problems with the real samplers and says how good they are.</summary>
public static class QualityBench
{
    private static readonly int[] Judged = [25, 50, 100, 200];

    /// <summary>Searches, writes the lines and prints the report. The same request gives the same lines.</summary>
    /// <exception cref="Search.HpoException">The request names something unknown.</exception>
    public static void Measure(QualityRequest request, TextWriter output, TextWriter progress, CancellationToken cancellationToken)
    {
        var catalog = new Catalog(request.Data);
        var problems = catalog.Select(request.Tasks);
        var recorded = request.Reference is null ? [] : RunLine.Read(request.Reference);
        var lines = Search(request, problems, progress, cancellationToken);
        if (request.Out is not null)
            File.WriteAllLines(request.Out, lines.Select(line => line.ToJson()));
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
        var named = lines.Select(line => line.Task).ToHashSet();
        Report(catalog, [.. catalog.Groups.Values.SelectMany(g => g).Where(p => named.Contains(p.Name))], lines, reference is null ? [] : RunLine.Read(reference), output);
    }

    private static List<RunLine> Search(QualityRequest request, IReadOnlyList<Problem> problems, TextWriter progress, CancellationToken cancellationToken)
    {
        var searches = (from problem in problems from kind in request.Samplers.Select((k, i) => (Kind: k, IsFirst: i == 0)) from seed in request.Seeds
                        select (problem, kind, seed)).Select((s, i) => (s.problem, s.kind, s.seed, Index: i)).ToList();
        var lines = new RunLine[searches.Count];
        var done = 0;
        // The long ones first would be shorter; in order, a break leaves whole problems behind.
        Parallel.ForEach(Partitioner.Create(searches, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = request.Jobs, CancellationToken = cancellationToken }, search =>
        {
            var (problem, kind, seed, index) = search;
            var start = Stopwatch.GetTimestamp();
            var best = Run.Best(problem, kind.Kind, seed, request.Trials ?? problem.Trials, request.Parallel, kind.IsFirst ? request.Options : null, cancellationToken);
            lines[index] = RunLine.Of(problem.Name, kind.IsFirst ? request.Label ?? kind.Kind : kind.Kind, seed, best);
            lock (progress)
                progress.WriteLine($"{++done}/{searches.Count} {problem.Name} {lines[index].Sampler} seed {seed}: {best[^1]:G6} in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        });
        return [.. lines];
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
