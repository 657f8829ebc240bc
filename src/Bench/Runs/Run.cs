using System.Text.Json;
using HpoService.Bench.Problems;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Bench.Runs;

/// <summary>One search from nothing.</summary>
internal static class Run
{
    private static readonly IReadOnlyDictionary<string, double> Nothing = new Dictionary<string, double>();

    /// <summary>What the search counts after each trial, shape [trials], see <see cref="Problem.Standing"/>. A space that is exhausted early keeps its last value.</summary>
    /// <param name="problem">What to search.</param>
    /// <param name="kind">The sampler's.</param>
    /// <param name="seed">The study's.</param>
    /// <param name="trials">How many.</param>
    /// <param name="parallel">Trials running at once: each suggestion sees the others as pending. A value counts when its trial starts.</param>
    /// <param name="options">The sampler's.</param>
    /// <param name="cancellationToken">Polled.</param>
    public static double[] Best(
        Problem problem, string kind, long seed, int trials, int parallel = 1, JsonElement? options = null, CancellationToken cancellationToken = default)
    {
        var sampler = SamplerRegistry.Create(new SamplerSettings(kind, seed, options), problem.Space, problem.Objectives);
        var snapshots = new List<TrialSnapshot>();
        var outcomes = new List<Outcome>();
        var best = new double[trials];
        var standing = problem.Standing();
        for (var i = 0; i < trials; i++)
        {
            // The oldest of the running trials ends before the next starts.
            if (i >= parallel)
                End(problem, snapshots, i - parallel, outcomes[i - parallel]);
            var history = new StudyHistory(problem.Space, problem.Objectives, [.. snapshots]) { Constraints = problem.Constraints };
            if (sampler.Suggest(history, 1, cancellationToken) is not [var suggestion])
            {
                Array.Fill(best, i == 0 ? double.NaN : best[i - 1], i, trials - i);
                break;
            }

            for (var copy = 0; copy < problem.Copies; copy++)
                snapshots.Add(new TrialSnapshot(snapshots.Count, TrialState.Running, suggestion.Parameters, Nothing, []));
            outcomes.Add(problem.Try(suggestion.Parameters, seed, i));
            best[i] = standing(suggestion.Parameters, outcomes[i]);
        }

        return best;
    }

    private static void End(Problem problem, List<TrialSnapshot> snapshots, int trial, Outcome outcome)
    {
        var values = !double.IsNaN(outcome.Value) ? problem.Metrics(snapshots[trial * problem.Copies].Parameters, outcome) : Nothing;
        for (var i = trial * problem.Copies; i < (trial + 1) * problem.Copies; i++)
            snapshots[i] = snapshots[i] with { State = outcome.State, Values = values };
    }
}
