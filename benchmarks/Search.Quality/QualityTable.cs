using System.Text.Json;

namespace HpoService.Search.Quality;

/// <summary>Prints the median best value after some numbers of trials, one row a task and sampler.</summary>
internal static class QualityTable
{
    private static readonly int[] Checkpoints = [10, 25, 50, 75, 100];

    private sealed record Line(string Task, string Sampler, long Seed, double[] Best);

    public static void Print(string[] samplers, string tasks, int trials, int seeds, int parallel, string? reference)
    {
        int[] checkpoints = [.. Checkpoints.Where(c => c <= trials)];
        var peers = (reference is null ? [] : File.ReadLines(reference)).Select(line => JsonSerializer.Deserialize<Line>(line, JsonSerializerOptions.Web)!)
            .ToLookup(line => (line.Task, line.Sampler));
        Console.WriteLine("| task | sampler | " + string.Join(" | ", checkpoints) + " |");
        Console.WriteLine("|---|---|" + string.Concat(checkpoints.Select(_ => "---|")));
        foreach (var function in SyntheticFunctions.All.Where(f => tasks == "all" || tasks.Split(',').Contains(f.Name)))
        {
            foreach (var sampler in samplers)
                Row(function, sampler, [.. Enumerable.Range(0, seeds).Select(seed => Run.Best(function, sampler, seed, trials, parallel))], checkpoints);
            foreach (var group in peers.Where(g => g.Key.Task == function.Name).OrderBy(g => g.Key.Sampler))
                Row(function, group.Key.Sampler, [.. group.Select(line => line.Best)], checkpoints);
        }
    }

    private static void Row(SyntheticFunction function, string sampler, double[][] runs, int[] checkpoints) => Console.WriteLine(
        $"| {function.Name} | {sampler} | " + string.Join(" | ", checkpoints.Select(c => Median(runs.Where(r => r.Length >= c).Select(r => r[c - 1])).ToString("G5"))) + " |");

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
