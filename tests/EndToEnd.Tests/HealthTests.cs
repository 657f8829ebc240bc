using System.Net;
using System.Net.Sockets;

namespace HpoService.EndToEnd.Tests;

/// <summary>The command that containers are checked with.</summary>
public sealed class HealthTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-health-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_service_is_well_while_it_answers_and_not_once_it_is_killed()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        var url = $"{service.Http.BaseAddress}";
        Assert.Equal((0, ""), await HealthAsync("--url", url, "--timeout", "120"));
        await service.KillAsync();
        var (code, why) = await HealthAsync("--url", url);
        Assert.Equal(1, code);
        Assert.Contains("does not answer", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_is_well_while_it_is_heard_of_and_not_once_it_has_left()
    {
        Assert.Equal(1, (await HealthAsync("--data", _data)).Code);
        Assert.Empty(Directory.EnumerateFiles(_data)); // asking creates nothing
        using var worker = Service.Run("worker", "--data", _data, "--slots", "1");
        Assert.Equal("worker ready", await worker.StandardOutput.ReadLineAsync());
        Assert.Equal((0, ""), await HealthAsync("--data", _data, "--timeout", "120"));
        Assert.Contains("No worker 'trainer' has been heard of", (await HealthAsync("--data", _data, "--name", "trainer", "--timeout", "120")).Error, StringComparison.Ordinal);
        Assert.Equal(0, await Service.StopAsync(worker));
        var (code, why) = await HealthAsync("--data", _data);
        Assert.Equal(1, code);
        Assert.Contains("knows of 0", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_from_the_settings_must_be_loopback_while_there_are_no_keys_as_those_of_the_command_line_must()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Service.StartAsync(
            _data, slots: 0, environment: new Dictionary<string, string> { ["Kestrel__Endpoints__Any__Url"] = "http://0.0.0.0:0" }));
        Assert.Contains("urls must be loopback addresses while there are no keys (hpo key add), or Auth__AllowAnonymous=true be set, but got http://0.0.0.0:0.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The host would watch every folder below its root for changed settings: each write to a database there would wake it.</summary>
    [Fact]
    public async Task Neither_a_service_nor_a_worker_watches_folders()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        using var worker = Service.Run("worker", "--data", _data, "--slots", "1");
        Assert.Equal("worker ready", await worker.StandardOutput.ReadLineAsync());
        Assert.Equal([], Watches(service.Id));
        Assert.Equal([], Watches(worker.Id));
        Assert.Equal(0, await Service.StopAsync(worker));

        static IEnumerable<string> Watches(int process) => Directory.GetFiles($"/proc/{process}/fdinfo")
            .SelectMany(File.ReadAllLines).Where(line => line.StartsWith("inotify", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_silent_for_longer_than_one_may_wait_is_not_well()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var (code, why) = await HealthAsync("--url", $"http://{silent.LocalEndpoint}", "--timeout", "0.5");
        Assert.Equal(1, code);
        Assert.Contains("does not answer", why, StringComparison.Ordinal);
        Assert.Contains("0.5 seconds", why, StringComparison.Ordinal); // else another limit ended it
    }

    [Fact]
    public async Task What_is_to_be_asked_must_be_said()
    {
        var (code, why) = await HealthAsync();
        Assert.Equal(1, code);
        Assert.Contains("One of --url and --data", why, StringComparison.Ordinal);
        (code, why) = await HealthAsync("--url", "http://127.0.0.1:1", "--timeout", "0");
        Assert.Equal(1, code);
        Assert.Contains("--timeout must be 0.1 to 3600 seconds, but got 0.", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_on_the_command_line_is_one_line()
    {
        foreach (var (says, arguments) in new (string, string[])[]
        {
            ("--slots must be 1 to 1000, but got 0.", ["worker", "--data", _data, "--slots", "0"]),
            ("a worker's name must be 1 to 100 letters, digits, '.', '_' or '-', but got 'a/b'.", ["worker", "--data", _data, "--name", "a/b"]),
            ("no/commands.json", ["worker", "--data", _data, "--commands", "/no/commands.json"]),
            ("database must be a connection string", ["serve", "--data", _data, "--database", "mysql://x"]),
        })
        {
            var (code, why) = await RunAsync(arguments);
            Assert.Equal(1, code);
            Assert.Contains(says, why, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", why, StringComparison.Ordinal);
        }
    }

    private static Task<(int Code, string Error)> HealthAsync(params string[] arguments) => RunAsync(["health", .. arguments]);

    private static async Task<(int Code, string Error)> RunAsync(string[] arguments)
    {
        using var health = Service.Run(arguments);
        var output = health.StandardOutput.ReadToEndAsync();
        var error = await health.StandardError.ReadToEndAsync();
        await output;
        await health.WaitForExitAsync();
        return (health.ExitCode, error);
    }
}
