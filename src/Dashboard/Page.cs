using Microsoft.Extensions.FileProviders;

namespace HpoService.Dashboard;

/// <summary>The web page: static files inside this assembly, its TypeScript compiled.</summary>
public static class Page
{
    /// <summary>The files as the page's own paths name them; index.html is at the root.</summary>
    public static IFileProvider Files { get; } = new ManifestEmbeddedFileProvider(typeof(Page).Assembly, "page");
}
