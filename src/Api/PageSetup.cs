using HpoService.Dashboard;

namespace HpoService.Api;

/// <summary>Serves the page's files.</summary>
internal static class PageSetup
{
    public static void UsePage(this WebApplication app)
    {
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = Page.Files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = Page.Files,
            // Checked with the service at each load, so that a new version's page is not mixed with an old one's.
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "no-cache",
        });
    }
}
