using HpoService.Storage.Insight;

namespace HpoService.Storage;

/// <summary>What a study's trials show together, bounded in size however many there are.</summary>
public sealed class InsightStore(Database database)
{
    private readonly TrialTables _tables = new(database);

    /// <summary>Values by trial and the best so far.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="metric">The metric; null = the first objective's.</param>
    /// <param name="points">The most that each list of the answer holds, at least 4.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    /// <exception cref="Search.InvalidStudyException">No trial has reported the metric.</exception>
    public Task<TrialHistory> HistoryAsync(string study, string? metric, int points, CancellationToken cancellationToken) =>
        _tables.ReadAsync(study, (row, table) => TrialHistory.Of(row, table, metric, points), cancellationToken);

    /// <summary>The importance of each parameter for a metric.</summary>
    /// <inheritdoc cref="HistoryAsync"/>
    public async Task<ParameterImportances> ImportancesAsync(string study, string? metric, CancellationToken cancellationToken)
    {
        var computing = await _tables.ReadAsync(study, (_, table) => ParameterImportances.Of(table, metric), cancellationToken);
        return await computing.WaitAsync(cancellationToken);
    }

    /// <summary>A metric over each parameter, or only over the given one.</summary>
    /// <inheritdoc cref="HistoryAsync"/>
    public Task<TrialSlices> SlicesAsync(string study, string? metric, string? parameter, int points, CancellationToken cancellationToken) =>
        _tables.ReadAsync(study, (_, table) => TrialSlices.Of(table, metric, parameter, points), cancellationToken);

    /// <summary>A metric over two parameters, in at most <paramref name="points"/> cells, 64 by 64.</summary>
    /// <inheritdoc cref="HistoryAsync"/>
    public Task<TrialContour> ContourAsync(string study, string? metric, string x, string y, int points, CancellationToken cancellationToken) =>
        _tables.ReadAsync(study, (_, table) => TrialContour.Of(table, metric, x, y, points), cancellationToken);

    /// <summary>Trials as lines across all parameters.</summary>
    /// <inheritdoc cref="HistoryAsync"/>
    public Task<ParallelCoordinates> ParallelAsync(string study, string? metric, int points, CancellationToken cancellationToken) =>
        _tables.ReadAsync(study, (_, table) => ParallelCoordinates.Of(table, metric, points), cancellationToken);

    /// <summary>What trials measured on the way: at most <paramref name="curves"/> trials, <paramref name="points"/> measurements in all.</summary>
    /// <inheritdoc cref="HistoryAsync"/>
    public async Task<LearningCurves> CurvesAsync(string study, string? metric, int curves, int points, CancellationToken cancellationToken)
    {
        const int least = 4; // points of a curve
        curves = Math.Min(curves, Math.Max(1, points / least));
        var (id, answer, chosen) = await _tables.ReadAsync(study, (row, table) =>
        {
            var (empty, numbers) = LearningCurves.Choose(table, metric, curves);
            return (row.Id, empty, Array.ConvertAll(numbers, n => (Number: n, State: table.StateOf(n))));
        }, cancellationToken);
        await using var db = database.Open();
        var found = new List<LearningCurve>();
        foreach (var (number, state) in chosen)
            found.Add(await LearningCurves.ReadAsync(db, id, number, state, answer.Metric, Math.Max(least, points / curves), cancellationToken));
        return answer with { Curves = [.. found.Where(curve => curve.Points.Count > 0)] };
    }

    /// <summary>The metrics that trials ended with, the objectives first, at most 64.</summary>
    public Task<string[]> MetricsAsync(string study, CancellationToken cancellationToken) =>
        _tables.ReadAsync(study, (_, table) => table.FinalMetrics.ToArray(), cancellationToken);
}
