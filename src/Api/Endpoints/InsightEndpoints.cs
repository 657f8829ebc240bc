using HpoService.Search;
using HpoService.Storage;
using HpoService.Storage.Insight;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Endpoints;

/// <summary>What a study's trials show together. Each answer is bounded by <c>points</c>, however many trials there are.</summary>
public static class InsightEndpoints
{
    private const int MostCurves = 100;

    internal static void Map(RouteGroupBuilder api)
    {
        var study = api.MapGroup("/studies/{study}").WithTags("Insight");
        study.MapGet("/history", HistoryAsync);
        study.MapGet("/importances", ImportancesAsync);
        study.MapGet("/slice", SliceAsync);
        study.MapGet("/contour", ContourAsync);
        study.MapGet("/parallel", ParallelAsync);
        study.MapGet("/curves", CurvesAsync);
    }

    /// <summary>A metric by trial, and the best so far by trial and by time.</summary>
    public static async Task<Ok<TrialHistory>> HistoryAsync(
        string study, InsightStore insight, CancellationToken cancellationToken, string? metric = null, int points = 500) =>
        TypedResults.Ok(await insight.HistoryAsync(study, metric, Paging.Points(points), cancellationToken));

    /// <summary>How much of a metric's variance over the search space is due to each parameter (functional ANOVA).</summary>
    public static async Task<Ok<ParameterImportances>> ImportancesAsync(
        string study, InsightStore insight, CancellationToken cancellationToken, string? metric = null) =>
        TypedResults.Ok(await insight.ImportancesAsync(study, metric, cancellationToken));

    /// <summary>A metric over each parameter, or over the given one: at most so many points for each.</summary>
    public static async Task<Ok<TrialSlices>> SliceAsync(
        string study, InsightStore insight, CancellationToken cancellationToken, string? metric = null, string? parameter = null, int points = 200) =>
        TypedResults.Ok(await insight.SlicesAsync(study, metric, parameter, Paging.Points(points), cancellationToken));

    /// <summary>A metric over two parameters: count, mean and best of each cell of a grid of at most so many cells, 64 by 64.</summary>
    public static async Task<Ok<TrialContour>> ContourAsync(
        string study, string x, string y, InsightStore insight, CancellationToken cancellationToken, string? metric = null, int points = 400) =>
        TypedResults.Ok(await insight.ContourAsync(study, metric, x, y, Paging.Points(points), cancellationToken));

    /// <summary>At most so many trials as lines across all parameters and objectives.</summary>
    public static async Task<Ok<ParallelCoordinates>> ParallelAsync(
        string study, InsightStore insight, CancellationToken cancellationToken, string? metric = null, int points = 200) =>
        TypedResults.Ok(await insight.ParallelAsync(study, metric, Paging.Points(points), cancellationToken));

    /// <summary>Learning curves: what the best and the newest trials measured on the way, at most so many trials and points in all.</summary>
    public static async Task<Ok<LearningCurves>> CurvesAsync(
        string study, InsightStore insight, CancellationToken cancellationToken, string? metric = null, int trials = 20, int points = 1000)
    {
        if (trials is < 1 or > MostCurves)
            throw new InvalidStudyException("/trials", $"1 <= trials <= {MostCurves} must hold, but got {trials}.");
        return TypedResults.Ok(await insight.CurvesAsync(study, metric, trials, Paging.Points(points), cancellationToken));
    }
}
