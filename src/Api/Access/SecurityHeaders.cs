namespace HpoService.Api.Access;

/// <summary>What browsers are told with every answer.</summary>
internal static class SecurityHeaders
{
    private const string Page =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // Swagger UI brings its own inline script and styles.
    private const string Swagger =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // A file that somebody's program kept must not run in this site's name.
    private const string Files = "default-src 'none'; sandbox; frame-ancestors 'none'";

    /// <summary>As the answer starts: an error on the way clears what was set before.</summary>
    public static Task SetAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var (headers, path) = (context.Response.Headers, context.Request.Path);
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.ContentSecurityPolicy = path.StartsWithSegments("/swagger") ? Swagger : path.StartsWithSegments("/api") ? Files : Page;
            if (path.StartsWithSegments("/api") && headers.CacheControl.Count == 0)
                headers.CacheControl = "no-cache";
            if (context.Request.IsHttps)
                headers.StrictTransportSecurity = "max-age=31536000";
            return Task.CompletedTask;
        }, context);
        return next(context);
    }
}
