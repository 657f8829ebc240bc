using HpoService.Api.Access;
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
        var studies = api.MapGroup("/studies").WithTags("Studies").AddEndpointFilter<StudyTags>();
        studies.MapPost("", CreateAsync).Needs(Role.Write);
        studies.MapGet("", ListAsync);
        studies.MapGet("/{study}", GetAsync);
        studies.MapPatch("/{study}", PatchAsync).Needs(Role.Write);
        studies.MapDelete("/{study}", DeleteAsync).Needs(Role.Write);
        studies.MapPost("/{study}/pause", PauseAsync).Needs(Role.Write);
        studies.MapPost("/{study}/resume", ResumeAsync).Needs(Role.Write);
        studies.MapPost("/{study}/cancel", CancelAsync).Needs(Role.Write);
        studies.MapGet("/{study}/best", BestAsync).WithTags("Insight");
    }

    /// <summary>Creates a study. With a training runner, the workers start on it at once.</summary>
    public static async Task<Created<StudyContract>> CreateAsync(
        CreateStudyRequest body, StudyStore store, ModelStore models, [FromServices] DataSetStore dataSets, HttpRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var key = Idempotent.Of(idempotencyKey, body);
        if (await store.RecallAsync(key, cancellationToken) is { } earlier)
            return Created(request, earlier);
        var card = body.Runner is { Kind: Runner.Training, Model: { } model }
            ? (await models.ListAsync(cancellationToken)).FirstOrDefault(c => c.Name == model) ?? throw new UnknownModelException(model, (await models.ListAsync(cancellationToken)).Select(c => c.Name))
            : null;
        var usual = body.Objectives is null && body.Runner is { Kind: Runner.Training, Dataset: { } dataSet } ? dataSets.UsualObjective(dataSet) : null;
        var definition = body.ToDefinition(card?.SpaceOf(dataSets.KindOf(body.Runner?.Dataset)), usual is null ? card?.Metrics : [usual]);
        return Created(request, await store.CreateAsync(definition, body.Description, body.Labels ?? [], body.InitialTrials ?? [], key, cancellationToken));
    }

    internal static Created<StudyContract> Created(HttpRequest request, StudyView study) =>
        TypedResults.Created($"{request.PathBase}/api/v1/studies/{study.Definition.Name}", StudyContract.Of(study));

    /// <summary>Lists studies, newest first: of a state, with all the labels given (key or key=value), whose name or description contains the query.</summary>
    public static async Task<Ok<PageContract<StudyContract>>> ListAsync(
        StudyStore store, CancellationToken cancellationToken, string? state = null, string[]? label = null, string? query = null, long? after = null, int limit = 100)
    {
        var checks = new Checks();
        var wanted = checks.Of(() => Paging.State<StudyState>(state));
        checks.Of(() => Limits.CheckLabels(label ?? []));
        checks.Of(() => Paging.Limit(limit));
        checks.End();
        var page = await store.ListAsync(wanted, label ?? [], query, after, limit, cancellationToken);
        return TypedResults.Ok(new PageContract<StudyContract>([.. page.Items.Select(StudyContract.Of)], page.Next));
    }

    /// <summary>One study; its ETag is its version, as of every answer that is a study.</summary>
    public static async Task<Ok<StudyContract>> GetAsync(string study, StudyStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(StudyContract.Of(await store.GetAsync(study, cancellationToken)));

    /// <summary>Changes description, labels or budget; with If-Match, only if nothing else has changed.</summary>
    public static async Task<Ok<StudyContract>> PatchAsync(
        string study, PatchStudyRequest body, StudyStore store, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken)
    {
        new Checks([.. Limits.OfStudy(body.Description, body.Labels), .. body.Budget?.Over(new Budget()).Violations() ?? []]).End();
        return TypedResults.Ok(StudyContract.Of(
            await store.PatchAsync(
                study, StudyTags.Wanted(ifMatch), body.SetsDescription ? _ => body.Description : null, body.SetsLabels ? body.Labels ?? [] : null,
                body.Budget is { } b ? b.Over : null, cancellationToken)));
    }

    /// <summary>Deletes a study with its trials, their logs and artifacts.</summary>
    public static async Task<NoContent> DeleteAsync(
        string study, StudyStore store, TrialFiles files, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken)
    {
        // A crash between the two leaves files that nobody can ask for any more.
        files.Delete(await store.DeleteAsync(study, cancellationToken, StudyTags.Wanted(ifMatch)));
        return TypedResults.NoContent();
    }

    /// <summary>Proposes nothing more until resumed; running trials are asked to stop.</summary>
    public static Task<Ok<StudyContract>> PauseAsync(
        string study, StudyStore store, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken) =>
        MoveAsync(study, StudyState.Paused, store, ifMatch, cancellationToken);

    /// <summary>Goes on after a pause.</summary>
    public static Task<Ok<StudyContract>> ResumeAsync(
        string study, StudyStore store, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken) =>
        MoveAsync(study, StudyState.Active, store, ifMatch, cancellationToken);

    /// <summary>Ends a study; trials that are not final are canceled.</summary>
    public static Task<Ok<StudyContract>> CancelAsync(
        string study, StudyStore store, [FromHeader(Name = "If-Match")] string? ifMatch, CancellationToken cancellationToken) =>
        MoveAsync(study, StudyState.Canceled, store, ifMatch, cancellationToken);

    /// <summary>The best trial, empty while there is none; of several objectives the Pareto front, by number. One trial is answered with its fields, and as the only item of the list.</summary>
    public static async Task<Ok<BestContract>> BestAsync(
        string study, BestTrials best, CancellationToken cancellationToken, int? after = null, int limit = 1000)
    {
        var page = await best.GetAsync(study, after, Paging.Limit(limit), cancellationToken);
        return TypedResults.Ok(BestContract.Of([.. page.Items.Select(TrialContract.Of)], after, page.Next));
    }

    private static async Task<Ok<StudyContract>> MoveAsync(string study, StudyState to, StudyStore store, string? ifMatch, CancellationToken cancellationToken) =>
        TypedResults.Ok(StudyContract.Of(await store.MoveAsync(study, to, cancellationToken, StudyTags.Wanted(ifMatch))));
}
