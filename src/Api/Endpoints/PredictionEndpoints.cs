using HpoService.Api.Access;
using HpoService.Api.Contracts;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace HpoService.Api.Endpoints;

/// <summary>The use of trained models over HTTP.</summary>
public static class PredictionEndpoints
{
    internal static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/studies/{study}/predict", PredictAsync).WithTags("Predictions");
        api.MapPost("/studies/{study}/retrain", RetrainAsync).WithTags("Predictions").AddEndpointFilter<StudyTags>().Needs(Role.Write);
    }

    /// <summary>Uses a study's model on new rows: classes with probabilities, or numbers. What the training part was scaled and filled in by is done to them first.</summary>
    public static async Task<Ok<PredictionAnswer>> PredictAsync(
        string study, PredictRequest body, [FromServices] PredictionStore store, IOptions<LimitOptions> limits, CancellationToken cancellationToken)
    {
        var model = await store.FindAsync(study, body.Trial, cancellationToken);
        return TypedResults.Ok(PredictionAnswer.Of(model, await store.PredictAsync(model, body.Checked(), limits.Value.PredictSeconds, cancellationToken)));
    }

    /// <summary>Trains a trial again on all data, what validated and tested too, as a study of its own. When that is completed, predictions for this study use its model.</summary>
    public static async Task<Created<StudyContract>> RetrainAsync(
        string study, RetrainRequest body, [FromServices] PredictionStore store, StudyStore studies, HttpRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, CancellationToken cancellationToken)
    {
        var key = Idempotent.Of(idempotencyKey, new { retrain = study, body });
        if (await studies.RecallAsync(key, cancellationToken) is { } earlier)
            return StudyEndpoints.Created(request, earlier);
        var model = await store.FindAsync(study, body.Trial, cancellationToken, own: true);
        return StudyEndpoints.Created(request, await studies.CreateAsync(
            body.ToDefinition(model), $"Trial {model.Trial.Number} of {model.Study.Definition.Name}, on all data.", new Dictionary<string, string> { [PredictionStore.RetrainLabel] = $"{model.Study.Id}" },
            [model.Trial.Parameters], key, cancellationToken));
    }
}
