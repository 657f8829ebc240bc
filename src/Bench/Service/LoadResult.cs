using HpoService.Bench.Statistics;

namespace HpoService.Bench.Service;

/// <summary>What a round of load gave: times of the calls in milliseconds, and what the server used meanwhile.</summary>
internal sealed record LoadResult(IReadOnlyList<double> First, IReadOnlyList<double> Second, int Errors, double Seconds, double CpuSeconds)
{
    public double Rate => Second.Count / Seconds;

    /// <summary>How many processors the server used.</summary>
    public double Cores => CpuSeconds / Seconds;

    /// <summary>The median over rounds of what each of them gives.</summary>
    public static double Median(IReadOnlyList<LoadResult> rounds, Func<LoadResult, double> figure) => Quantiles.Median([.. rounds.Select(figure)]);
}
