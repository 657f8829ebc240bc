using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Insight;

/// <summary>Completed trials as lines across all parameters and objectives.</summary>
/// <param name="Metric">The metric that they were chosen by.</param>
/// <param name="Direction">Which way is better; left out when it is no objective.</param>
/// <param name="Trials">How many completed trials there are.</param>
/// <param name="Parameters">The parameters' axes.</param>
/// <param name="Lines">Trials by number; of many, a quarter are the best, the others are spread over the ranks.</param>
public sealed record ParallelCoordinates(
    string Metric, Direction? Direction, int Trials, IReadOnlyList<ParameterSpec> Parameters, IReadOnlyList<ParallelLine> Lines)
{
    internal static ParallelCoordinates Of(TrialTable table, string? metricName, int points)
    {
        var metric = table.Metric(metricName);
        var ranked = table.Ranked(metric);
        var parameters = table.Definition.Space.Parameters;
        string[] names = [.. table.Definition.Objectives.Select(o => o.Metric).Append(metric.Name).Distinct()];
        var shown = Array.ConvertAll(names, table.Metric);
        return new ParallelCoordinates(
            metric.Name, metric.Objective?.Direction, ranked.Length, [.. parameters.Select(ParameterSpec.From)],
            [.. Thinning.ByRank(ranked, points).Select(n => new ParallelLine(
                n,
                new ParameterValues(parameters.Select((p, i) => (p.Name, Value: table.Value(i, n))).Where(p => p.Value is not null)
                    .Select(p => KeyValuePair.Create(p.Name, p.Value!.Value))),
                shown.Where(m => double.IsFinite(m.Values[n])).ToDictionary(m => m.Name, m => m.Values[n])))]);
    }
}

/// <summary>A trial as a line.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Parameters">Its active parameters.</param>
/// <param name="Values">The objectives' values, and the metric's.</param>
public sealed record ParallelLine(int Number, ParameterValues Parameters, IReadOnlyDictionary<string, double> Values);
