using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage.Insight;

/// <summary>How a metric went, and the best so far.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Direction">Which way is better; left out when it is no objective.</param>
/// <param name="Trials">How many trials have a value of it.</param>
/// <param name="LastNumber">The largest number of a trial; left out while there is none.</param>
/// <param name="Points">The trials' values, by number; of many, the lowest, the highest and the middle one of each stretch.</param>
/// <param name="BestByTrial">The trials that were better than all of smaller number; of many, evenly spaced ones.</param>
/// <param name="BestByTime">The trials that were better than all that completed before; of many, evenly spaced ones.</param>
public sealed record TrialHistory(
    string Metric, Direction? Direction, int Trials, int? LastNumber, IReadOnlyList<HistoryPoint> Points,
    IReadOnlyList<HistoryPoint> BestByTrial, IReadOnlyList<HistoryPoint> BestByTime)
{
    internal static TrialHistory Of(StudyRow study, TrialTable table, string? metricName, int points)
    {
        var metric = table.Metric(metricName);
        int[] measured = [.. Enumerable.Range(0, table.Count).Where(n => double.IsFinite(metric.Values[n]))];
        var completed = table.With(metric);
        return new TrialHistory(
            metric.Name, metric.Objective?.Direction, measured.Length, table.Count == 0 ? null : table.Count - 1,
            [.. Thinning.Envelope(measured, metric.Values, points).Select(Point)],
            Best(completed), Best(completed.OrderBy(table.CompletedAt)));

        HistoryPoint Point(int n) => new(n, table.StateOf(n), metric.Values[n], table.CompletedAt(n) is > 0 and var at ? (at - study.CreatedAt) / 1000.0 : null);

        HistoryPoint[] Best(IEnumerable<int> numbers)
        {
            if (metric.Objective is null)
                return [];
            var (score, best, bar) = (table.Score(metric), new List<int>(), double.NegativeInfinity);
            foreach (var number in numbers.Where(n => score(n) > bar))
            {
                best.Add(number);
                bar = score(number);
            }

            return [.. Thinning.Evenly(best, points).Select(Point)];
        }
    }
}

/// <summary>A trial in a history.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">Its state.</param>
/// <param name="Value">Its final value, or the latest measured one while it runs or when it was pruned.</param>
/// <param name="Seconds">When it ended, in seconds since the study was created; left out while it runs.</param>
public sealed record HistoryPoint(int Number, TrialState State, double Value, double? Seconds);
