using System.Diagnostics;
using HpoService.Search;
using HpoService.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace HpoService.Api.Problems;

/// <summary>Turns exceptions into RFC 9457 problem documents.</summary>
internal sealed class ProblemHandler(IProblemDetailsService problems, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    // An answer about a bad request must not be larger than the request.
    private const int MostErrors = 1000, MostText = 1000, MostDetail = 10_000;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            return true;
        exception = exception as UnknownOutcomeException ?? Database.Translate(exception); // reading may find the database gone, too
        var document = ProblemTypes.Of(exception) is var (status, type)
            ? new ProblemDetails { Status = status, Type = $"/problems/{type}", Title = ProblemTypes.Descriptions.GetValueOrDefault(type), Detail = Detail(context.Request, exception) }
            : new ProblemDetails { Status = 500, Type = "/problems/internal-error", Title = "A bug." };
        if (document.Status != 500)
            Extend(document, exception);
        if (document.Status == 500)
        {
            // The framework logs nothing of an exception that is handled.
            var trace = Activity.Current?.Id ?? context.TraceIdentifier;
            logger.LogError(exception, "{Method} {Path} met a bug, trace {TraceId}.", context.Request.Method, context.Request.Path, trace);
            document.Extensions["traceId"] = trace;
        }

        if (document.Status is 429 or 503)
            context.Response.Headers.RetryAfter = $"{(exception as RefusedException)?.RetryAfterSeconds ?? 1}";
        if (document.Status == 401)
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"hpo\"";
        context.Response.StatusCode = document.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = document, Exception = exception });
    }

    /// <summary>Answers with an exception's problem where there is none to throw it to.</summary>
    public static async Task WriteAsync(HttpContext context, Exception exception)
    {
        foreach (var handler in context.RequestServices.GetServices<IExceptionHandler>())
            await handler.TryHandleAsync(context, exception, CancellationToken.None);
    }

    private static void Extend(ProblemDetails document, Exception exception)
    {
        if (Violations(exception) is not { Count: > 0 } violations)
            return;
        document.Extensions["pointer"] = Cut(violations[0].Pointer, MostText);
        document.Extensions["errors"] = violations.Take(MostErrors).Select(v => new { pointer = Cut(v.Pointer, MostText), detail = Cut(v.Message, MostText) });
    }

    private static IReadOnlyList<Violation> Violations(Exception exception) => exception switch
    {
        HpoException e => e.Violations,
        BadHttpRequestException e => RequestMistakes.Of(e),
        _ => [],
    };

    private static string? Detail(HttpRequest request, Exception exception) => exception switch
    {
        BadHttpRequestException e when RequestMistakes.Of(e) is { Count: > 0 } mistakes => Cut(string.Join(" ", mistakes.Select(m => Cut(m.Message, MostText))), MostDetail),
        BadHttpRequestException { StatusCode: 415 } e when e.Message.StartsWith("Expected", StringComparison.Ordinal) => Cut(RequestMistakes.OfMediaType(request), MostDetail),
        _ => Cut(exception.Message, MostDetail),
    };

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)}…";
}
