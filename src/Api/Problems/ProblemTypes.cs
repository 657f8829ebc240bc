using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace HpoService.Api.Problems;

/// <summary>Which exception is which problem, one line each.</summary>
internal static class ProblemTypes
{
    /// <summary>Status and type of an error; null = a bug.</summary>
    public static (int Status, string Type)? Of(Exception exception) => exception switch
    {
        HpoException { Violations: var all } when all.Any(v => v.IsMalformed) => (400, "malformed-request"),
        NotFoundException e => (404, $"{e.Kind}-not-found"),
        NameTakenException => (409, "name-taken"),
        DataSetInUseException => (409, "dataset-in-use"),
        IllegalMoveException => (409, "illegal-move"),
        StudyClosedException => (409, "study-closed"),
        StaleLeaseException => (409, "stale-lease"),
        IdempotencyConflictException => (409, "idempotency-conflict"),
        VersionMismatchException => (412, "version-mismatch"),
        InvalidSearchSpaceException => (422, "invalid-search-space"),
        InvalidParameterValuesException => (422, "invalid-parameter-values"),
        InvalidValuesException => (422, "invalid-values"),
        UnknownModelException => (422, "unknown-model"),
        UnknownDataSetException => (422, "unknown-dataset"),
        InvalidDataSetException => (422, "invalid-dataset"),
        UnknownCommandException => (422, "unknown-command"),
        HpoException => (422, "invalid-study"),
        BusyException => (503, "busy"),
        UnwritableException => (503, "unwritable"),
        UnknownOutcomeException => (503, "unknown-outcome"),
        UnavailableException => (503, "unavailable"),
        RefusedException e => (e.Status, e.Type),
        BadHttpRequestException { StatusCode: var status } => (status, status switch { 408 => "too-slow", 413 => "too-large", 415 => "unsupported-media-type", _ => "malformed-request" }),
        _ => null,
    };

    /// <summary>Names what the framework refuses by itself, such as an unknown path.</summary>
    public static void Name(ProblemDetailsContext context)
    {
        var document = context.ProblemDetails;
        if (document.Type?.StartsWith("/problems/", StringComparison.Ordinal) == true)
            return;
        var request = context.HttpContext.Request;
        var type = document.Status switch { 404 when OddTrial(request) is not null => "trial-not-found", 404 => "not-found", 405 => "method-not-allowed", 408 => "too-slow", 413 => "too-large", 415 => "unsupported-media-type", >= 500 => "internal-error", _ => "malformed-request" };
        (document.Type, document.Title) = ($"/problems/{type}", Descriptions[type]);
        document.Detail ??= document.Status switch
        {
            404 => OddTrial(request) is { } trial ? $"the trial must exist, but got '{trial}'." : $"the path must be one of the service's, but got '{request.Path}'.",
            400 => "the request must be whole and as its headers say, but got an end or a mistake in it.",
            413 => $"the body must have at most {context.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize} bytes, but got more.",
            408 => "the body must come at the least rate that the server takes, 240 bytes a second unless it is set otherwise, but got it slower.",
            405 => $"the method must be one that the path takes, but got {request.Method}.",
            415 => RequestMistakes.OfMediaType(request),
            _ => null,
        };
    }

    // A number that no trial has matches no route.
    private static string? OddTrial(HttpRequest request) =>
        request.Path.Value!.Split('/') is ["", "api", "v1", "studies", _, "trials", { Length: > 0 } number, ..] && !int.TryParse(number, out _) ? number : null;

    /// <summary>What /problems/{name} says.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["malformed-request"] = "The request is not JSON, or has an unknown field or a field of the wrong type.",
        ["unauthenticated"] = "The request has no key, or one that is not valid: Authorization: Bearer and the key.",
        ["forbidden"] = "The key's role may not do this.",
        ["too-many-requests"] = "The caller sends more than its limit. Nothing was done: try again after the seconds of Retry-After.",
        ["shutting-down"] = "The service ends. Nothing was written: try again after the seconds of Retry-After.",
        ["study-not-found"] = "There is no study of that name or id.",
        ["trial-not-found"] = "The study has no trial of that number.",
        ["log-not-found"] = "The trial has no log: only trials that workers ran have one.",
        ["artifact-not-found"] = "The trial kept no file of that name.",
        ["model-not-found"] = "No worker has published a model of that name.",
        ["dataset-not-found"] = "There is no data set of that name.",
        ["dataset-in-use"] = "A study that is active or paused trains on the data set: cancel it, or wait for its end.",
        ["worker-not-found"] = "There is no worker of that name.",
        ["name-taken"] = "A study or data set of that name exists.",
        ["illegal-move"] = "The study or trial is in a state from which the move is not possible.",
        ["study-closed"] = "The study takes no more trials.",
        ["stale-lease"] = "Somebody else holds the trial by now.",
        ["idempotency-conflict"] = "The Idempotency-Key was used before, for another request.",
        ["version-mismatch"] = "The study has changed since the version in If-Match.",
        ["not-found"] = "There is nothing at this path.",
        ["method-not-allowed"] = "The path does not take this method.",
        ["busy"] = "The database was held by another writer for too long. Nothing was written: try again after the seconds of Retry-After.",
        ["unwritable"] = "The database or the data folder takes no writes, as its disk is full, for instance. Nothing was written: try again when that is mended.",
        ["unknown-outcome"] = "The database went away before it said whether it has written. Repeat the request: a completion counts once, and so does what comes with an Idempotency-Key.",
        ["unavailable"] = "What is asked for cannot be done on this machine or not in time. Nothing was done.",
        ["internal-error"] = "A bug. The service's log has more under the traceId.",
        ["too-slow"] = "The request's body did not come in time.",
        ["too-large"] = "The request's body is over the limit.",
        ["unsupported-media-type"] = "The request's body must be application/json, or multipart/form-data for a data set.",
        ["range-not-satisfiable"] = "The part that was asked for lies beyond the end.",
        ["invalid-study"] = "A field of the study breaks a rule.",
        ["invalid-search-space"] = "A parameter contradicts itself or another one.",
        ["invalid-parameter-values"] = "Parameter values do not lie in the search space.",
        ["invalid-dataset"] = "The file is no data set, or breaks a rule of its format. Nothing of it is kept.",
        ["invalid-values"] = "Reported values break a rule.",
        ["unknown-model"] = "No worker has published a model of that name.",
        ["unknown-command"] = "No worker has published a command of that name.",
        ["unknown-dataset"] = "The model knows no data set of that name.",
    };
}
