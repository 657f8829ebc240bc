using HpoService.Search.Importance;
using HpoService.Search.Spaces;

namespace HpoService.Storage.Insight;

/// <summary>How much of a metric's variance over the search space is due to each parameter.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Method">How it was computed: <c>fanova</c>, see <see cref="FunctionalAnova"/>.</param>
/// <param name="Trials">From how many completed trials.</param>
/// <param name="Importances">The parameters, the most important first; empty while fewer than four trials are completed or all are equal.</param>
/// <param name="Interactions">The share that only several parameters together explain; with the importances it sums to 1.</param>
public sealed record ParameterImportances(string Metric, string Method, int Trials, IReadOnlyList<ParameterImportance> Importances, double? Interactions)
{
    // It takes long, so only what it is computed of is taken here: other looks at the table need not wait for the rest.
    internal static Task<ParameterImportances> Of(TrialTable table, string? metricName)
    {
        var metric = table.Metric(metricName);
        if (table.Importances.TryGetValue(metric.Name, out var known) && known.Completed == table.Completed && !known.Found.IsFaulted)
            return known.Found;
        var numbers = Thinning.Evenly(table.With(metric), FunctionalAnova.MaxTrials);
        var (space, seed) = (table.Definition.Space, table.Definition.Sampler.Seed);
        double[][] coordinates = [.. numbers.Select(n => space.Parameters.Select((_, i) => table.Coordinate(i, n)).ToArray())];
        double[] values = [.. numbers.Select(n => metric.Values[n])];
        // One after the other: of each study one thread computes at most.
        var found = table.Computing.ContinueWith(
            _ => Compute(metric.Name, space, coordinates, values, seed), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        table.Importances[metric.Name] = (table.Completed, found);
        table.Computing = found;
        return found;
    }

    private static ParameterImportances Compute(string metric, SearchSpace space, double[][] coordinates, double[] values, long seed)
    {
        var shares = FunctionalAnova.Of(space, coordinates, values, seed, CancellationToken.None);
        return new ParameterImportances(
            metric, "fanova", shares?.Trials ?? values.Length,
            shares is null ? [] : [.. space.Parameters.Select((p, i) => new ParameterImportance(p.Name, shares.Main[i])).OrderByDescending(p => p.Importance)],
            shares?.Interactions);
    }
}

/// <summary>The share of one parameter alone, in [0, 1].</summary>
public sealed record ParameterImportance(string Parameter, double Importance);
