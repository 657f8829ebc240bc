using Microsoft.Playwright;

namespace HpoService.EndToEnd.Tests;

/// <summary>Debian's Chromium, without a window; Playwright's own browsers are not downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        Assert.True(File.Exists(Program), $"The page is tested in Debian's browser, but there is no {Program}: ./hpo test installs it, or run apt-get install chromium.");
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A new page of its own, and what went wrong on it so far: console errors, exceptions, failed and refused requests.</summary>
    public async Task<(IPage Page, List<string> Errors)> OpenAsync(Uri url)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { BaseURL = url.ToString(), Locale = "en-GB", TimezoneId = "UTC" });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(20_000);
        var errors = new List<string>();
        page.Console += (_, message) => Add(message.Type is "error" or "warning" ? message.Text : null);
        page.PageError += (_, error) => Add(error);
        // A stream of events that the page itself has closed counts as aborted; a lost one does not.
        page.RequestFailed += (_, request) => Add(request.Failure == "net::ERR_ABORTED" && request.Url.EndsWith("/events", StringComparison.Ordinal)
            ? null
            : $"{request.Method} {request.Url}: {request.Failure}");
        page.Response += (_, response) => Add(response.Status >= 400 ? $"{response.Request.Method} {response.Url}: {response.Status}" : null);
        await page.GotoAsync("/");
        return (page, errors);

        void Add(string? error)
        {
            if (error is not null)
                lock (errors)
                    errors.Add(error);
        }
    }
}
