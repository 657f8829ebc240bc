using HpoService.Bench.Problems;
using HpoService.Bench.Statistics;

namespace HpoService.Bench.Reports;

/// <summary>Medians and quartiles of the searches, as Markdown.</summary>
internal static class QualityTable
{
    public static readonly int[] Checkpoints = [10, 25, 50, 75, 100, 150, 200];

    /// <summary>One row a problem and sampler: median [lower quartile, upper quartile] of the best value so far.</summary>
    public static void WriteOwn(TextWriter output, Comparison comparison, IReadOnlyList<Problem> problems, IReadOnlyList<string> samplers, int trials)
    {
        int[] checkpoints = [.. Checkpoints.Where(c => c <= trials)];
        output.WriteLine($"\n## Best value so far{Less(problems)}: median [quartiles] over the seeds\n");
        output.WriteLine($"| task | sampler | {string.Join(" | ", checkpoints)} |\n|---|---|{string.Concat(checkpoints.Select(_ => "---|"))}");
        foreach (var problem in problems)
        {
            foreach (var sampler in samplers)
                output.WriteLine($"| {problem.Name} | {sampler} | {string.Join(" | ", checkpoints.Select(c => Quartiles(comparison.Values(problem, sampler, c), problem.Origin)))} |");
        }
    }

    /// <summary>One row a problem, one column a sampler: the medians after so many trials.</summary>
    public static void WriteBeside(TextWriter output, Comparison comparison, IReadOnlyList<Problem> problems, IReadOnlyList<string> samplers, int trials)
    {
        output.WriteLine($"\n## Median best value{Less(problems)} after {trials} trials\n");
        output.WriteLine($"| task | {string.Join(" | ", samplers)} |\n|---|{string.Concat(samplers.Select(_ => "---|"))}");
        foreach (var problem in problems)
            output.WriteLine($"| {problem.Name} | {string.Join(" | ", samplers.Select(s => Number(comparison.Median(problem, s, trials) - problem.Origin)))} |");
    }

    private static string Less(IReadOnlyList<Problem> problems) => problems.Any(p => p.Origin != 0) ? ", of bbob less the smallest value" : "";

    private static string Quartiles(IReadOnlyList<double> values, double origin) => values.Count == 0 ? ""
        : $"{Number(Quantiles.Median(values) - origin)} [{Number(Quantiles.Of(values, 0.25) - origin)}, {Number(Quantiles.Of(values, 0.75) - origin)}]";

    private static string Number(double value) => double.IsNaN(value) ? "" : value.ToString("G5");
}
