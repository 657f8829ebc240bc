using HpoService.Bench.Problems;
using HpoService.Bench.Statistics;

namespace HpoService.Bench.Reports;

/// <summary>Where one sampler stands among others: ranks, tests, regret, and where it is weakest. As Markdown.</summary>
/// <param name="comparison">All searches.</param>
/// <param name="groups">The problems by group.</param>
/// <param name="samplers">The one to judge, then the others.</param>
/// <param name="checkpoints">After how many trials.</param>
internal sealed class StandingTable(
    Comparison comparison, IReadOnlyList<(string Name, IReadOnlyList<Problem> Problems)> groups, IReadOnlyList<string> samplers, int[] checkpoints)
{
    private const int Weakest = 8;

    public void Write(TextWriter output)
    {
        WriteRanks(output);
        WriteTallies(output);
        WriteRegret(output);
        WriteWeakest(output);
    }

    private IEnumerable<(string Group, IReadOnlyList<Problem> Problems, int Trials)> Columns =>
        groups.SelectMany(group => checkpoints.Select(c => (group.Name, group.Problems, c)));

    private void WriteRanks(TextWriter output)
    {
        foreach (var (name, problems) in groups)
        {
            output.WriteLine($"\n## Mean rank of the medians over {problems.Count} {name}: 1 = best; equals share a rank; who lacks a task is left out\n");
            output.WriteLine($"| sampler | {string.Join(" | ", checkpoints)} |\n|---|{string.Concat(checkpoints.Select(_ => "---|"))}");
            var ranks = checkpoints.Select(trials =>
            {
                var complete = comparison.Complete(samplers, problems, trials);
                return complete.Zip(comparison.MeanRanks(problems, complete, trials)).ToDictionary(p => p.First, p => p.Second);
            }).ToList();
            foreach (var sampler in samplers.Where(s => ranks.Any(r => r.ContainsKey(s))).OrderBy(s => ranks[^1].GetValueOrDefault(s, double.MaxValue)))
                output.WriteLine($"| {sampler} | {string.Join(" | ", ranks.Select(r => r.TryGetValue(sampler, out var rank) ? rank.ToString("F2") : ""))} |");
        }
    }

    private void WriteTallies(TextWriter output)
    {
        output.WriteLine($"\n## Wins/ties/losses of {samplers[0]}, one-sided Wilcoxon rank-sum test at 5 %\n");
        Head(output);
        foreach (var other in samplers.Skip(1))
            output.WriteLine($"| {other} | {string.Join(" | ", Columns.Select(c => Cell(comparison.Against(c.Problems, samplers[0], other, c.Trials))))} |");
    }

    private void WriteRegret(TextWriter output)
    {
        List<(TableProblem Table, RegretScale Scale)> tables =
            [.. groups.SelectMany(g => g.Problems).OfType<TableProblem>().Where(t => t.Scale is not null).Select(t => (t, t.Scale!))];
        if (tables.Count == 0)
            return;
        output.WriteLine($"\n## Mean regret over {tables.Count} tables and the seeds: 0 = the table's best, 1 = the expected best of 10 random draws\n");
        output.WriteLine($"| sampler | {string.Join(" | ", checkpoints)} |\n|---|{string.Concat(checkpoints.Select(_ => "---|"))}");
        foreach (var sampler in comparison.Complete(samplers, [.. tables.Select(t => t.Table)], checkpoints[0]))
        {
            var regrets = checkpoints.Select(c => tables.Average(t => comparison.Values(t.Table, sampler, c).Select(t.Scale.Regret).DefaultIfEmpty(double.NaN).Average()));
            output.WriteLine($"| {sampler} | {string.Join(" | ", regrets.Select(r => r.ToString("F3")))} |");
        }
    }

    private void WriteWeakest(TextWriter output)
    {
        var trials = checkpoints[^1];
        output.WriteLine($"\n## Weakest tasks of {samplers[0]} after {trials} trials\n");
        output.WriteLine("| task | rank | of | significantly better |\n|---|---|---|---|");
        var rows = groups.SelectMany(g => g.Problems).Select(problem =>
        {
            var others = comparison.Complete(samplers, [problem], trials);
            var better = others.Where(s => s != samplers[0] && comparison.Verdict(problem, samplers[0], s, trials) == -1).ToList();
            return (problem.Name, Rank: comparison.RanksOn(problem, others, trials).FirstOrDefault(), Others: others.Count, Better: better);
        });
        foreach (var (name, rank, count, better) in rows.OrderByDescending(r => r.Better.Count).ThenByDescending(r => r.Rank).Take(Weakest))
            output.WriteLine($"| {name} | {rank} | {count} | {string.Join(", ", better)} |");
    }

    private static string Cell(Tally tally) => tally == default ? "" : tally.ToString();

    private void Head(TextWriter output) => output.WriteLine(
        $"| sampler | {string.Join(" | ", Columns.Select(c => $"{c.Group} ({c.Problems.Count}) {c.Trials}"))} |\n|---|{string.Concat(Columns.Select(_ => "---|"))}");
}
