using HpoService.Api.Contracts;
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
    public static async Task<FileStreamHttpResult> LogAsync(string study, int n, TrialPages trials, TrialFiles files, CancellationToken cancellationToken) =>
        TypedResults.File(Still(files.OpenLog(await trials.StudyOfAsync(study, n, cancellationToken), n)), "text/plain; charset=utf-8", enableRangeProcessing: true);

    /// <summary>The files that the trial kept, such as its model, by name.</summary>
    public static async Task<Ok<PageContract<Artifact>>> ArtifactsAsync(
        string study, int n, TrialPages trials, TrialFiles files, CancellationToken cancellationToken, string? after = null, int limit = 100) =>
        TypedResults.Ok(Paging.Slice(files.List(await trials.StudyOfAsync(study, n, cancellationToken), n), a => a.Name, after, limit));

    /// <summary>One of the files; a Range asks for a part.</summary>
    public static async Task<FileStreamHttpResult> ArtifactAsync(
        string study, int n, string name, TrialPages trials, TrialFiles files, CancellationToken cancellationToken)
    {
        var file = files.OpenArtifact(await trials.StudyOfAsync(study, n, cancellationToken), n, name);
        return TypedResults.File(Still(file), "application/octet-stream", name, enableRangeProcessing: true);
    }

    private static StillStream Still(Stream file) => new(file);
}
