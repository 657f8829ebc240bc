using System.Diagnostics;

namespace HpoService.EndToEnd.Tests;

/// <summary>The Python client with a real service.</summary>
public sealed class PythonClientTests : IDisposable
{
    private static readonly bool HasPython = Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "python3")));
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-python-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Its_own_tests_pass()
    {
        if (!HasPython)
            return; // the service does not need it
        await using var service = await Service.StartAsync(_data, slots: 0);
        var (code, output) = await PythonAsync(service.Http.BaseAddress!, "-m", "unittest");
        Assert.True(code == 0, output);
        Assert.Contains("Ran 15 tests", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_outlives_a_killed_service_and_each_trial_counts_once()
    {
        if (!HasPython)
            return;
        const string program = """
            import os, hposervice
            def objective(trial):
                for step in range(5):
                    trial.report(step, value=trial.parameters["x"])
                return trial.parameters["x"]
            hposervice.Client(os.environ["HPO_URL"]).study("outlive").optimize(objective)
            """;
        Uri url;
        Task<(int Code, string Output)> running;
        await using (var service = await Service.StartAsync(_data, slots: 0))
        {
            url = service.Http.BaseAddress!;
            await service.PostAsync("studies", new { name = "outlive", parameters = new[] { new { name = "x", type = "float", low = 0, high = 1 } }, sampler = new { kind = "random", seed = 1 }, budget = new { maxTrials = 60 } });
            running = PythonAsync(url, "-c", program);
            await service.WaitAsync("outlive", s => s.GetProperty("trialCounts").GetProperty("completed").GetInt32() >= 10);
            await service.KillAsync();
        }

        await using var again = await Service.StartAsync(_data, slots: 0, $"{url}");
        var (code, output) = await running;
        Assert.True(code == 0, output);
        var study = await again.GetAsync("studies/outlive");
        Assert.Equal(("completed", 60), (study.GetProperty("state").GetString(), study.GetProperty("trialCounts").GetProperty("completed").GetInt32()));
        // What was taken before the kill was answered or asked for again under the same key: no trial waited for a lease to run out.
        var trials = (await again.GetAsync("studies/outlive/trials?limit=100")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(0, 60), trials.Select(t => t.GetProperty("number").GetInt32()));
        Assert.All(trials, t => Assert.Equal(1, t.GetProperty("attempt").GetInt32()));
    }

    private static async Task<(int Code, string Output)> PythonAsync(Uri url, params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", arguments)
        {
            WorkingDirectory = Path.Combine(Service.Root(), "clients", "python"), RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["HPO_URL"] = $"{url}", ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        using var process = Process.Start(start)!;
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return (process.ExitCode, await said + await errors);
    }
}
