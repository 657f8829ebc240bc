using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace HpoService.Api.Problems;

/// <summary>What the server refuses before there is a request for any middleware, such as %00 in a path: an empty answer by itself. It says so to its diagnostic source first, of which
/// this is one that answers with a problem document. Everything else goes on to the source that there was.</summary>
internal sealed class ServerRefusals(DiagnosticListener others) : DiagnosticSource
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public override bool IsEnabled(string name) => name == BadRequest || others.IsEnabled(name);

    public override bool IsEnabled(string name, object? arg1, object? arg2 = null) => name == BadRequest || others.IsEnabled(name, arg1, arg2);

    public override void Write(string name, object? value)
    {
        if (name == BadRequest && value is IFeatureCollection features && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException error)
            Answer(features, error);
        if (others.IsEnabled(name))
            others.Write(name, value);
    }

    private static void Answer(IFeatureCollection features, BadHttpRequestException error)
    {
        if (features.Get<IHttpResponseFeature>() is not { HasStarted: false } response || features.Get<IHttpResponseBodyFeature>() is not { } body)
            return;
        var type = ProblemTypes.Of(error)!.Value.Type;
        var document = JsonSerializer.SerializeToUtf8Bytes(
            new { type = $"/problems/{type}", title = ProblemTypes.Descriptions[type], status = error.StatusCode, detail = $"the request must be one of HTTP, but got: {error.Message}" });
        response.StatusCode = error.StatusCode;
        var headers = response.Headers;
        (headers.ContentType, headers.ContentLength, headers.Connection, headers.XContentTypeOptions) = ("application/problem+json", document.Length, "close", "nosniff");
        body.Writer.Write(document);
        // Into the connection's buffer, which has room for so little: the server sends it before it closes the connection.
        _ = body.Writer.FlushAsync().AsTask();
    }
}
