using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>A real `hpo serve` over a data folder: started, killed, started again.</summary>
public sealed class Service : IAsyncDisposable
{
    private readonly Process _process;

    private Service(Process process, Uri url) => (_process, Http) = (process, new HttpClient { BaseAddress = url });

    /// <summary>What ./hpo runs, of the configuration that is tested.</summary>
    public static string Program { get; } = Path.Combine(Root(), "src", "Cli", Path.GetRelativePath(Path.Combine(Root(), "tests", "EndToEnd.Tests"), AppContext.BaseDirectory), "hpo");

    public int Id => _process.Id;

    public HttpClient Http { get; }

    /// <summary>What it has written since it was ready, once it has ended.</summary>
    public required Task<string> Output { get; init; }

    /// <summary>The folder of the whole project.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HpoService.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    public static Process Run(params string[] arguments) => Process.Start(new ProcessStartInfo(Program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>Of `serve`; without an address over SQLite.</summary>
    public static IEnumerable<string> Arguments(string url, string data, int slots, string? address) =>
        ["serve", "--urls", url, "--data", data, "--slots", $"{slots}", .. address is null ? Array.Empty<string>() : ["--database", address]];

    public static async Task<Service> StartAsync(
        string data, int slots, string url = "http://127.0.0.1:0", IReadOnlyDictionary<string, string>? environment = null, string? address = null)
    {
        var start = new ProcessStartInfo(Program, Arguments(url, data, slots, address)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        const string ready = "listening on ";
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        while (line?.StartsWith('{') == true) // a log line in JSON
            line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (line?.StartsWith(ready, StringComparison.Ordinal) != true)
        {
            process.Kill();
            throw new InvalidOperationException($"serve must say where it listens, but got '{line}': {await process.StandardError.ReadToEndAsync()}");
        }

        _ = process.StandardError.ReadToEndAsync();
        return new Service(process, new Uri(line[ready.Length..])) { Output = process.StandardOutput.ReadToEndAsync() };
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>($"api/v1/{path}");

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var response = await Http.PostAsJsonAsync($"api/v1/{path}", body);
        var content = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {content}");
        return content;
    }

    /// <summary>Polls until a study satisfies a condition.</summary>
    public async Task<JsonElement> WaitAsync(string study, Func<JsonElement, bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(150));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var now = await GetAsync($"studies/{study}");
            if (condition(now))
                return now;
            Assert.True(await timer.WaitForNextTickAsync(deadline.Token), "in time");
        }
    }

    /// <summary>The ids of the training processes.</summary>
    public IReadOnlyList<int> Children() => [.. Directory.GetDirectories($"/proc/{_process.Id}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    /// <summary>No file of the service may grow beyond so many bytes.</summary>
    public async Task LimitFileSizeAsync(string bytes)
    {
        using var limit = Process.Start("prlimit", ["--pid", $"{_process.Id}", $"--fsize={bytes}:unlimited"]);
        await limit.WaitForExitAsync();
        Assert.Equal(0, limit.ExitCode);
    }

    public async Task KillAsync()
    {
        _process.Kill(); // SIGKILL, the service alone: its children must see to themselves
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public Task<int> StopAsync() => StopAsync(_process);

    /// <inheritdoc cref="StopAsync()"/>
    public static async Task<int> StopAsync(Process process)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
