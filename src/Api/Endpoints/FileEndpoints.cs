using HpoService.Api.Contracts;
using HpoService.Api.Problems;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Endpoints;

/// <summary>Logs and artifacts of trials over HTTP.</summary>
public static class FileEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var trial = api.MapGroup("/studies/{study}/trials/{n:int}").WithTags("Trials");
        trial.MapGet("/log", LogAsync).Produces<string>(200, "text/plain").Produces(206).DisableRequestTimeout();
        trial.MapGet("/artifacts", ArtifactsAsync);
        trial.MapGet("/artifacts/{name}", ArtifactAsync).Produces<string>(200, "application/octet-stream").Produces(206).DisableRequestTimeout();
    }

    /// <summary>What the trial's runner wrote, all attempts; a Range asks for a part, such as what was added since.</summary>
    public static async Task<FileStreamHttpResult> LogAsync(
        string study, int n, TrialPages trials, TrialFiles files, HttpRequest request, CancellationToken cancellationToken) =>
        Answer(request, files.OpenLog(await trials.StudyOfAsync(study, n, cancellationToken), n), "text/plain; charset=utf-8", null);

    /// <summary>The files that the trial kept, such as its model, by name.</summary>
    public static async Task<Ok<PageContract<Artifact>>> ArtifactsAsync(
        string study, int n, TrialPages trials, TrialFiles files, CancellationToken cancellationToken, string? after = null, int limit = 100) =>
        TypedResults.Ok(Paging.Slice(files.List(await trials.StudyOfAsync(study, n, cancellationToken), n), a => a.Name, after, limit));

    /// <summary>One of the files; a Range asks for a part.</summary>
    public static async Task<FileStreamHttpResult> ArtifactAsync(
        string study, int n, string name, TrialPages trials, TrialFiles files, HttpRequest request, CancellationToken cancellationToken) =>
        Answer(request, files.OpenArtifact(await trials.StudyOfAsync(study, n, cancellationToken), n, name), "application/octet-stream", name);

    private static FileStreamHttpResult Answer(HttpRequest request, Stream file, string type, string? name)
    {
        BareRefusals.Disarm(request.HttpContext);
        var still = new StillStream(file);
        if (!IsBeyond(request, still.Length))
            return TypedResults.File(still, type, name, enableRangeProcessing: true);
        // By itself the framework answers with an empty file.
        var size = still.Length;
        still.Dispose();
        request.HttpContext.Response.OnStarting(() =>
        {
            request.HttpContext.Response.Headers.ContentRange = $"bytes */{size}";
            return Task.CompletedTask;
        });
        throw new RefusedException(416, "range-not-satisfiable", $"Range must begin within the {size} bytes that there are, but got {request.Headers.Range}.");
    }

    private static bool IsBeyond(HttpRequest request, long size) =>
        request.GetTypedHeaders().Range is { Ranges: { Count: 1 } ranges } range && range.Unit == "bytes" && ranges.First() is var part
        && (part.From is { } from ? from >= size : part.To == 0 || size == 0);
}
