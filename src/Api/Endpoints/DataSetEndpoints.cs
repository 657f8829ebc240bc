using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace HpoService.Api.Endpoints;

/// <summary>Data sets over HTTP.</summary>
public static class DataSetEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        var sets = api.MapGroup("/datasets").WithTags("Data sets");
        sets.MapPost("", AddAsync).Accepts<DataSetForm>("multipart/form-data").WithRequestTimeout(Access.Access.Upload).Needs(Role.Write);
        sets.MapGet("", List);
        sets.MapGet("/{name}", Get);
        sets.MapDelete("/{name}", DeleteAsync).Needs(Role.Write);
    }

    /// <summary>Registers a data set: a file that is read as a whole and checked before anything is kept. CSV, NPZ, IDX, a ZIP of images by class folder or of
    /// sequences, text, or a series.</summary>
    public static async Task<Created<DataSetContract>> AddAsync(
        HttpRequest request, [FromServices] DataSetStore store, IOptions<LimitOptions> limits,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var folder = store.Stage();
        var form = await UploadReader.ReadAsync(request, folder, limits.Value, cancellationToken);
        var card = await store.AddAsync(form.ToUpload(folder, limits.Value), Idempotent.Of(idempotencyKey, form), cancellationToken);
        return TypedResults.Created($"{request.PathBase}/api/v1/datasets/{card.Name}", DataSetContract.Of(card, isShipped: false));
    }

    /// <summary>The data sets that ship and those that are registered, by name.</summary>
    public static Ok<PageContract<DataSetContract>> List([FromServices] DataSetStore store, string? after = null, int limit = 100)
    {
        var page = Paging.Slice(store.List(), d => d.Name, after, limit);
        return TypedResults.Ok(new PageContract<DataSetContract>([.. page.Items.Select(d => DataSetContract.Of(d, store.Ships(d.Name)))], page.Next));
    }

    /// <summary>One data set: its card.</summary>
    public static Ok<DataSetContract> Get(string name, [FromServices] DataSetStore store) => TypedResults.Ok(DataSetContract.Of(store.Get(name), store.Ships(name)));

    /// <summary>Forgets a registered data set, unless a study that is active or paused trains on it. Trained models stay.</summary>
    public static async Task<NoContent> DeleteAsync(string name, [FromServices] DataSetStore store, CancellationToken cancellationToken)
    {
        await store.RemoveAsync(name, cancellationToken);
        return TypedResults.NoContent();
    }
}
