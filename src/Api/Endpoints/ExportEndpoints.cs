using HpoService.Api.Exports;
using HpoService.Api.Problems;
using HpoService.Search;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Endpoints;

/// <summary>A study's trials as a file.</summary>
public static class ExportEndpoints
{
    internal static void Map(RouteGroupBuilder api) => api.MapGet("/studies/{study}/export", ExportAsync).WithTags("Insight")
        .Produces<string>(200, "text/csv", "application/json", "application/x-ndjson").DisableRequestTimeout();

    /// <summary>All trials, streamed as csv, json (one object, as import takes it) or ndjson (a trial a line).</summary>
    /// <remarks>JSON has all measurements, CSV none. In CSV, a text that a spreadsheet would take for a formula is preceded by an apostrophe.</remarks>
    public static async Task<PushStreamHttpResult> ExportAsync(
        string study, StudyStore studies, ExportStore trials, InsightStore insight, HttpContext context, CancellationToken cancellationToken, string format = "csv")
    {
        BareRefusals.Disarm(context);
        var found = await studies.GetAsync(study, cancellationToken);
        var source = new ExportSource(found, trials, await insight.MetricsAsync($"{found.Id}", cancellationToken));
        var (write, type) = format switch
        {
            "csv" => ((Func<Stream, Task>)(to => CsvExport.WriteAsync(source, to, cancellationToken)), "text/csv; charset=utf-8"),
            "json" => (to => JsonExport.WriteAsync(source, to, cancellationToken), "application/json"),
            "ndjson" => (to => JsonExport.WriteLinesAsync(source, to, cancellationToken), "application/x-ndjson"),
            _ => throw new InvalidStudyException("/format", $"format must be one of csv, json, ndjson, but got '{format}'."),
        };
        return TypedResults.Stream(write, type, $"{found.Definition.Name}.{format}");
    }
}
