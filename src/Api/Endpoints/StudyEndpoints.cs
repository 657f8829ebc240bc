using HpoService.Api.Contracts;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Endpoints;

/// <summary>Studies over HTTP.</summary>
public static class StudyEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var studies = api.MapGroup("/studies").WithTags("Studies");
        studies.MapPost("", CreateAsync);
        studies.MapGet("", ListAsync);
        studies.MapGet("/{study}", GetAsync);
        studies.MapPatch("/{study}", PatchAsync);
        studies.MapDelete("/{study}", DeleteAsync);
        studies.MapPost("/{study}/pause", PauseAsync);
        studies.MapPost("/{study}/resume", ResumeAsync);
        studies.MapPost("/{study}/cancel", CancelAsync);
        studies.MapGet("/{study}/best", BestAsync).WithTags("Insight");
    }

    /// <summary>Creates a study. With a training runner, the workers start on it at once.</summary>
    public static async Task<Created<StudyContract>> CreateAsync(
        CreateStudyRequest body, StudyStore store, ModelStore models, HttpRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var card = body.Runner is { Kind: Runner.Training, Model: { } model }
            ? (await models.ListAsync(cancellationToken)).FirstOrDefault(c => c.Name == model) ?? throw new UnknownModelException(model, (await models.ListAsync(cancellationToken)).Select(c => c.Name))
            : null;
        var definition = body.ToDefinition(card?.DefaultSpace, card?.Metrics);
        var study = await store.CreateAsync(
            definition, body.Description, body.Labels ?? [], body.InitialTrials ?? [], Idempotent.Of(idempotencyKey, body), cancellationToken);
        return TypedResults.Created($"{request.PathBase}/api/v1/studies/{study.Definition.Name}", StudyContract.Of(study));
    }

    /// <summary>Lists studies, newest first.</summary>
    public static async Task<Ok<PageContract<StudyContract>>> ListAsync(
        StudyStore store, CancellationToken cancellationToken, string? state = null, string? label = null, string? query = null, long? after = null, int limit = 100)
    {
        var page = await store.ListAsync(Paging.State<StudyState>(state), label, query, after, Paging.Limit(limit), cancellationToken);
        return TypedResults.Ok(new PageContract<StudyContract>([.. page.Items.Select(StudyContract.Of)], page.Next));
    }

    /// <summary>One study; its ETag is its version.</summary>
    public static async Task<Results<Ok<StudyContract>, StatusCodeHttpResult>> GetAsync(
        string study, StudyStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var found = StudyContract.Of(await store.GetAsync(study, cancellationToken));
        var tag = $"\"{found.Version}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch == tag ? TypedResults.StatusCode(304) : TypedResults.Ok(found);
    }

    /// <summary>Changes description, labels or budget; with If-Match, only if nothing else has changed.</summary>
    public static async Task<Ok<StudyContract>> PatchAsync(
        string study, PatchStudyRequest body, StudyStore store, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken)
    {
        Limits.CheckStudy(body.Description, body.Labels);
        long? version = ifMatch is null or "*" ? null : long.TryParse(ifMatch.Trim('"'), out var v) ? v : -1;
        return TypedResults.Ok(StudyContract.Of(
            await store.PatchAsync(study, version, body.Description, body.Labels, body.Budget is { } b ? b.Over : null, cancellationToken)));
    }

    /// <summary>Deletes a study with its trials.</summary>
    public static async Task<NoContent> DeleteAsync(string study, StudyStore store, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(study, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Proposes nothing more until resumed; running trials are asked to stop.</summary>
    public static async Task<Ok<StudyContract>> PauseAsync(string study, StudyStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(StudyContract.Of(await store.MoveAsync(study, StudyState.Paused, cancellationToken)));

    /// <summary>Goes on after a pause.</summary>
    public static async Task<Ok<StudyContract>> ResumeAsync(string study, StudyStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(StudyContract.Of(await store.MoveAsync(study, StudyState.Active, cancellationToken)));

    /// <summary>Ends a study; trials that are not final are canceled.</summary>
    public static async Task<Ok<StudyContract>> CancelAsync(string study, StudyStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(StudyContract.Of(await store.MoveAsync(study, StudyState.Canceled, cancellationToken)));

    /// <summary>The best trial, or the Pareto front of several objectives, as a list.</summary>
    public static async Task<Ok<PageContract<TrialContract>>> BestAsync(string study, BestTrials best, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PageContract<TrialContract>([.. (await best.GetAsync(study, cancellationToken)).Select(TrialContract.Of)], null));
}
