using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Quality;

/// <summary>One search from nothing.</summary>
internal static class Run
{
    private static readonly Objective Loss = new("loss", Direction.Minimize);

    /// <summary>The smallest value after each trial, shape [trials].</summary>
    /// <param name="function">What to minimise.</param>
    /// <param name="kind">The sampler's.</param>
    /// <param name="seed">The study's.</param>
    /// <param name="trials">How many.</param>
    /// <param name="parallel">Trials running at once: each suggestion sees the others as pending.</param>
    public static double[] Best(SyntheticFunction function, string kind, long seed, int trials, int parallel = 1)
    {
        var sampler = SamplerRegistry.Create(new SamplerSettings(kind, seed), function.Space, [Loss]);
        var snapshots = new List<TrialSnapshot>();
        var best = new double[trials];
        for (var i = 0; i < trials; i++)
        {
            // The oldest of the running trials ends before the next starts.
            if (i >= parallel)
                Complete(function, snapshots, i - parallel);
            var point = sampler.Suggest(new StudyHistory(function.Space, [Loss], [.. snapshots]), 1, CancellationToken.None)[0].Parameters;
            snapshots.Add(new TrialSnapshot(i, TrialState.Running, point, new Dictionary<string, double>(), []));
            best[i] = Math.Min(i == 0 ? double.PositiveInfinity : best[i - 1], function.At(point));
        }

        return best;
    }

    private static void Complete(SyntheticFunction function, List<TrialSnapshot> snapshots, int i) => snapshots[i] = snapshots[i] with
    {
        State = TrialState.Completed,
        Values = new Dictionary<string, double> { [Loss.Metric] = function.At(snapshots[i].Parameters) },
    };
}
