using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Endpoints;

/// <summary>Models and workers over HTTP.</summary>
public static class FleetEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/models", ModelsAsync).WithTags("Models");
        api.MapGet("/models/{name}", ModelAsync).WithTags("Models");
        api.MapGet("/workers", WorkersAsync).WithTags("Workers");
        api.MapPost("/workers/{name}/drain", DrainAsync).WithTags("Workers").Needs(Role.Admin);
    }

    /// <summary>What the workers can train.</summary>
    public static async Task<Ok<PageContract<ModelContract>>> ModelsAsync(ModelStore store, CancellationToken cancellationToken, string? after = null, int limit = 100) =>
        TypedResults.Ok(Paging.Slice((await store.ListAsync(cancellationToken)).Select(ModelContract.Of), m => m.Name, after, limit));

    /// <summary>One model with its settings' JSON Schema and its default search space.</summary>
    public static async Task<Ok<ModelContract>> ModelAsync(string name, ModelStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(ModelContract.Of(await store.GetAsync(name, cancellationToken)));

    /// <summary>The workers.</summary>
    public static async Task<Ok<PageContract<WorkerView>>> WorkersAsync(WorkerStore store, CancellationToken cancellationToken, string? after = null, int limit = 100) =>
        TypedResults.Ok(Paging.Slice(await store.ListAsync(cancellationToken), w => w.Name, after, limit));

    /// <summary>Asks a worker to finish what it runs and to take nothing new.</summary>
    public static async Task<Ok<WorkerView>> DrainAsync(string name, WorkerStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.DrainAsync(name, cancellationToken));
}
