using HpoService.Search.Importance;

namespace HpoService.Storage.Insight;

/// <summary>How much of a metric's variance over the search space is due to each parameter.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Method">How it was computed: <c>fanova</c>, see <see cref="FunctionalAnova"/>.</param>
/// <param name="Trials">From how many completed trials.</param>
/// <param name="Importances">The parameters, the most important first; empty while fewer than four trials are completed or all are equal.</param>
/// <param name="Interactions">The share that only several parameters together explain; with the importances it sums to 1.</param>
public sealed record ParameterImportances(string Metric, string Method, int Trials, IReadOnlyList<ParameterImportance> Importances, double? Interactions)
{
    internal static ParameterImportances Of(TrialTable table, string? metricName, CancellationToken cancellationToken)
    {
        var metric = table.Metric(metricName);
        if (table.Importances.TryGetValue(metric.Name, out var known) && known.Completed == table.Completed)
            return known.Found;
        var numbers = Thinning.Evenly(table.With(metric), FunctionalAnova.MaxTrials);
        var parameters = table.Definition.Space.Parameters;
        var shares = FunctionalAnova.Of(
            table.Definition.Space,
            [.. numbers.Select(n => parameters.Select((_, i) => table.Coordinate(i, n)).ToArray())],
            [.. numbers.Select(n => metric.Values[n])], table.Definition.Sampler.Seed, cancellationToken);
        var found = new ParameterImportances(
            metric.Name, "fanova", shares?.Trials ?? numbers.Count,
            shares is null ? [] : [.. parameters.Select((p, i) => new ParameterImportance(p.Name, shares.Main[i])).OrderByDescending(p => p.Importance)],
            shares?.Interactions);
        table.Importances[metric.Name] = (table.Completed, found);
        return found;
    }
}

/// <summary>The share of one parameter alone, in [0, 1].</summary>
public sealed record ParameterImportance(string Parameter, double Importance);
