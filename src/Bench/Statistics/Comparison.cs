using HpoService.Bench.Problems;
using HpoService.Bench.Runs;

namespace HpoService.Bench.Statistics;

/// <summary>Wins, ties and losses of one sampler against another over several problems.</summary>
internal readonly record struct Tally(int Wins, int Ties, int Losses)
{
    public override string ToString() => $"{Wins}/{Ties}/{Losses}";
}

/// <summary>Compares samplers by their searches of the same problems.</summary>
/// <param name="lines">Every search.</param>
internal sealed class Comparison(IEnumerable<RunLine> lines)
{
    private const double Level = 0.05;
    private readonly ILookup<(string Task, string Sampler), RunLine> _lines = lines.ToLookup(line => (line.Task, line.Sampler));

    /// <summary>The values after so many trials, one a seed; searches that were shorter are left out.</summary>
    public IReadOnlyList<double> Values(Problem problem, string sampler, int trials) =>
        [.. _lines[(problem.Name, sampler)].Select(line => line.After(trials)).OfType<double>()];

    public double Median(Problem problem, string sampler, int trials) => Quantiles.Median(Values(problem, sampler, trials));

    /// <summary>The samplers that searched all of the problems for so many trials.</summary>
    public IReadOnlyList<string> Complete(IReadOnlyList<string> samplers, IReadOnlyList<Problem> problems, int trials) =>
        [.. samplers.Where(sampler => problems.All(problem => Values(problem, sampler, trials).Count > 0))];

    /// <summary>The rank of each sampler's median on one problem, 1 = best, equals sharing the mean of their ranks.</summary>
    public double[] RanksOn(Problem problem, IReadOnlyList<string> samplers, int trials) =>
        Ranks.Of([.. samplers.Select(sampler => -problem.Objective.Score(Median(problem, sampler, trials)))]);

    /// <summary>Each sampler's mean rank over the problems, shape [samplers].</summary>
    public double[] MeanRanks(IReadOnlyList<Problem> problems, IReadOnlyList<string> samplers, int trials)
    {
        var ranks = problems.Select(problem => RanksOn(problem, samplers, trials)).ToList();
        return [.. samplers.Select((_, i) => ranks.Average(r => r[i]))];
    }

    /// <summary>1 = the first is better (one-sided rank-sum test at 5 %), −1 = worse, 0 = neither; null without searches of both.</summary>
    public int? Verdict(Problem problem, string first, string second, int trials)
    {
        double[] a = [.. Values(problem, first, trials).Select(v => -problem.Objective.Score(v))];
        double[] b = [.. Values(problem, second, trials).Select(v => -problem.Objective.Score(v))];
        return a.Length == 0 || b.Length == 0 ? null : RankSum.SmallerP(a, b) < Level ? 1 : RankSum.SmallerP(b, a) < Level ? -1 : 0;
    }

    public Tally Against(IReadOnlyList<Problem> problems, string first, string second, int trials)
    {
        var verdicts = problems.Select(problem => Verdict(problem, first, second, trials)).ToList();
        return new Tally(verdicts.Count(v => v == 1), verdicts.Count(v => v == 0), verdicts.Count(v => v == -1));
    }
}
