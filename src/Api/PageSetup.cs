using HpoService.Dashboard;

namespace HpoService.Api;

/// <summary>Serves the page's files.</summary>
internal static class PageSetup
{
    public static void UsePage(this WebApplication app)
    {
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = Page.Files });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = Page.Files, OnPrepareResponse = context => Guard(context.Context.Response.Headers) });
    }

    // Checked with the service at each load, so that a new version's page is not mixed with an old one's; and nothing but the page's own files runs in it.
    private static void Guard(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
    }
}
