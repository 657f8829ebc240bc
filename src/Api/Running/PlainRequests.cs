namespace HpoService.Api.Running;

/// <summary>Brings requests to the one form that the endpoints know. Before routing.</summary>
internal static class PlainRequests
{
    public static Task BringAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        // Nothing is negotiated: who asks for events or a file gets a problem document, too. By itself the framework answers that with nothing, and status 500.
        request.Headers.Accept = default;
        // A field of a query that is left empty is left out.
        if (request.QueryString.Value is { } query && (query.EndsWith('=') || query.Contains("=&", StringComparison.Ordinal)))
            request.QueryString = new QueryString("?" + string.Join('&', query[1..].Split('&').Where(field => field.IndexOf('=', StringComparison.Ordinal) != field.Length - 1)));
        // What GET answers, but for the body, which the server keeps back. A stream would have no end.
        if (HttpMethods.IsHead(request.Method) && !request.Path.Value!.TrimEnd('/').EndsWith("/events", StringComparison.OrdinalIgnoreCase))
            request.Method = HttpMethods.Get;
        return next(context);
    }
}
