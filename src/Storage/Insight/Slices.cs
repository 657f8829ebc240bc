using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Insight;

/// <summary>A metric over each parameter.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Direction">Which way is better; left out when it is no objective.</param>
/// <param name="Trials">How many completed trials have a value of it.</param>
/// <param name="Slices">One for each parameter, in the space's order.</param>
public sealed record TrialSlices(string Metric, Direction? Direction, int Trials, IReadOnlyList<ParameterSlice> Slices)
{
    /// <exception cref="Search.InvalidStudyException">There is no such parameter or metric.</exception>
    internal static TrialSlices Of(TrialTable table, string? metricName, string? parameter, int points)
    {
        var metric = table.Metric(metricName);
        var ranked = table.Ranked(metric);
        int[] wanted = parameter is null ? [.. Enumerable.Range(0, table.Definition.Space.Parameters.Count)] : [Axis.IndexOf(table, parameter, "/parameter")];
        return new TrialSlices(metric.Name, metric.Objective?.Direction, ranked.Length, [.. wanted.Select(Slice)]);

        ParameterSlice Slice(int i)
        {
            int[] active = [.. ranked.Where(n => table.IsActive(i, n))];
            return new ParameterSlice(
                ParameterSpec.From(table.Definition.Space.Parameters[i]), active.Length,
                [.. Choose(active, i).Select(n => new SlicePoint(n, table.Value(i, n)!.Value, metric.Values[n]))]);
        }

        // The best of each part of the parameter's range draws the edge that matters; the rest shows the spread.
        int[] Choose(int[] active, int i)
        {
            if (active.Length <= points)
                return [.. active.Order()];
            var bins = new Bins(table.Definition.Space.Parameters[i], Math.Clamp(points / 2, 1, Bins.Most));
            var isSeen = new bool[bins.Count];
            var best = active.Where(n => bins.Of(table.Coordinate(i, n)) is var bin && !isSeen[bin] && (isSeen[bin] = true)).ToHashSet();
            return [.. best.Concat(Thinning.ByRank([.. active.Where(n => !best.Contains(n))], points - best.Count)).Order()];
        }
    }
}

/// <summary>A metric over one parameter.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Trials">How many completed trials it was active in.</param>
/// <param name="Points">Trials by number; of many, the best in each part of the range, and others spread over the ranks.</param>
public sealed record ParameterSlice(ParameterSpec Parameter, int Trials, IReadOnlyList<SlicePoint> Points);

/// <summary>A trial in a slice.</summary>
/// <param name="Number">Its number.</param>
/// <param name="X">The parameter's value.</param>
/// <param name="Y">The metric's value.</param>
public sealed record SlicePoint(int Number, ParameterValue X, double Y);
