using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage.Insight;

/// <summary>What trials reported while they ran.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Direction">Which way is better; left out when it is no objective.</param>
/// <param name="Trials">How many trials have a value of it.</param>
/// <param name="Curves">Half of them the best, half the newest; by number.</param>
public sealed record LearningCurves(string Metric, Direction? Direction, int Trials, IReadOnlyList<LearningCurve> Curves)
{
    internal static (LearningCurves Empty, int[] Numbers) Choose(TrialTable table, string? metricName, int most)
    {
        var metric = table.Metric(metricName);
        int[] measured = [.. Enumerable.Range(0, table.Count).Where(n => !double.IsNaN(metric.Values[n]))];
        var best = measured.Where(n => table.StateOf(n) == TrialState.Completed).OrderByDescending(table.Score(metric)).Take((most + 1) / 2).ToArray();
        int[] numbers = [.. best.Concat(measured.Except(best).OrderDescending().Take(most - best.Length)).Order()];
        return (new LearningCurves(metric.Name, metric.Objective?.Direction, measured.Length, []), numbers);
    }

    /// <summary>A trial's measurements, read one after another, so that a curve of a million steps needs no more memory than one of a hundred.</summary>
    internal static async Task<LearningCurve> ReadAsync(HpoDbContext db, long study, int number, TrialState state, string metric, int points, CancellationToken cancellationToken)
    {
        var (kept, stride, seen) = (new List<CurvePoint>(), 1, 0);
        CurvePoint? last = null;
        var rows = db.Measurements.Where(m => m.StudyId == study && m.Number == number).OrderBy(m => m.Step).Select(m => new { m.Step, m.ValuesJson });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!Mapping.MetricsFromJson(row.ValuesJson).TryGetValue(metric, out var value) || !double.IsFinite(value))
                continue;
            last = new CurvePoint(row.Step, value);
            if (seen++ % stride != 0)
                continue;
            kept.Add(last);
            if (kept.Count < points)
                continue;
            kept = [.. kept.Where((_, i) => i % 2 == 0)]; // every second of what is kept, and from now on of what comes
            stride *= 2;
        }

        if (last is not null && kept[^1] != last)
            kept.Add(last);
        return new LearningCurve(number, state, seen, kept);
    }
}

/// <summary>One trial's curve.</summary>
/// <param name="Number">The trial's number.</param>
/// <param name="State">The trial's state.</param>
/// <param name="Steps">How many steps it reported the metric at.</param>
/// <param name="Points">The measurements; of many, evenly spaced ones and the last.</param>
public sealed record LearningCurve(int Number, TrialState State, int Steps, IReadOnlyList<CurvePoint> Points);

/// <summary>A metric's value at a step.</summary>
public sealed record CurvePoint(long Step, double Value);
