using HpoService.Storage;

namespace HpoService.Cli.Commands;

/// <summary>Refuses to serve others than this machine while nobody needs a key.</summary>
internal static class Exposure
{
    /// <summary>Why the addresses must not be served; null when they may.</summary>
    public static async Task<string?> RefusalAsync(WebApplication app, string option, string urls, CancellationToken cancellationToken) =>
        Exposed([.. urls.Split(';'), .. Configured(app)]) is { } exposed && !await MayBeExposedAsync(app, cancellationToken)
            ? $"{option} must be loopback addresses while there are no keys (hpo key add), or Auth__AllowAnonymous=true be set, but got {exposed}."
            : null;

    private static async Task<bool> MayBeExposedAsync(WebApplication app, CancellationToken cancellationToken) =>
        app.Configuration.GetValue<bool>("Auth:AllowAnonymous")
        || (await app.Services.GetRequiredService<ApiKeyStore>().ListAsync(cancellationToken)).Count > 0;

    // The server listens there instead of at the addresses of the command line.
    private static IEnumerable<string> Configured(WebApplication app) =>
        app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();

    // The first address that others than this machine can reach.
    private static string? Exposed(string[] urls) => Array.Find(urls, url =>
        !(Uri.TryCreate(url.Replace("*", "0.0.0.0").Replace("+", "0.0.0.0"), UriKind.Absolute, out var uri) && uri.IsLoopback));
}
