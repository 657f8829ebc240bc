using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Endpoints;

/// <summary>Studies and trials that come from others, over HTTP.</summary>
public static class TransferEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/studies/{study}/clone", CloneAsync).WithTags("Studies").AddEndpointFilter<StudyTags>().Needs(Role.Write);
        api.MapPost("/studies/{study}/import", ImportAsync).WithTags("Trials").Needs(Role.Write);
    }

    /// <summary>Creates a study like this one under another name; with trials, what is finished here is finished there, too.</summary>
    public static async Task<Created<StudyContract>> CloneAsync(
        string study, CloneRequest body, StudyStore store, ImportStore imports, HttpRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var key = Idempotent.Of(idempotencyKey, new { clone = study, body });
        if (await store.RecallAsync(key, cancellationToken) is { } earlier)
            return StudyEndpoints.Created(request, earlier);
        var source = await store.GetAsync(study, cancellationToken);
        var checks = new Checks(Limits.OfStudy(body.Description, body.Labels));
        var definition = checks.Of(() => body.ToDefinition(source.Definition));
        checks.End();
        return StudyEndpoints.Created(request, await store.CreateAsync(
            definition, body.Description ?? source.Description, body.Labels ?? source.Labels, [], key, cancellationToken,
            body.Trials ? await imports.FinishedAsync(study, cancellationToken) : null));
    }

    /// <summary>Takes in trials that were finished elsewhere, all or none: up to 10,000 at once, and within the limit of a body. They get the next numbers and count in the budget.</summary>
    public static async Task<Created<PageContract<TrialContract>>> ImportAsync(
        string study, ImportRequest body, ImportStore store, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var checks = new Checks();
        var trials = Limits.CheckTrials(body.Trials, Limits.Imported).Index().Select(t => checks.Of(t.Item.ToFinished, $"/trials/{t.Index}")).ToList();
        checks.End();
        var imported = await store.ImportAsync(study, trials, Idempotent.Of(idempotencyKey, body), cancellationToken);
        return TypedResults.Created((string?)null, new PageContract<TrialContract>([.. imported.Select(TrialContract.Of)], null));
    }
}
