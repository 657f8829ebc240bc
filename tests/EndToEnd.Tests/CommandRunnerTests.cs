using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using HpoService.Worker.Tests;

namespace HpoService.EndToEnd.Tests;

/// <summary>Programs of the operator's, and keys, with a real service.</summary>
public sealed class CommandRunnerTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-commands-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task The_example_of_the_documentation_finds_a_line()
    {
        if (Environment.GetEnvironmentVariable("PATH")!.Split(':').All(folder => !File.Exists(Path.Combine(folder, "python3"))))
            return; // the example is in Python, which the service does not need
        var examples = Path.Combine(Service.Root(), "examples", "command");
        await RegisterAsync((await File.ReadAllTextAsync(Path.Combine(examples, "commands.json"))).Replace("examples/command", examples, StringComparison.Ordinal));
        await using var service = await Service.StartAsync(_data, slots: 2);
        await service.PostAsync("studies", JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(examples, "study.json"))));
        var study = await service.WaitAsync("line", s => s.GetProperty("state").GetString() != "active");
        Assert.Equal(8, study.GetProperty("trialCounts").GetProperty("completed").GetInt32());
        Assert.InRange(study.GetProperty("best").GetProperty("values").GetProperty("loss").GetDouble(), 0, 0.01);
        Assert.Contains("training on line with {'learningRate':", await service.Http.GetStringAsync("api/v1/studies/line/trials/0/log"), StringComparison.Ordinal);
        Assert.InRange(double.Parse(await service.Http.GetStringAsync($"api/v1/studies/line/trials/{study.GetProperty("best").GetProperty("number")}/artifacts/weight.json")), 2.9, 3.1);
    }

    [Fact]
    public async Task A_killed_service_leaves_no_program_behind_and_the_next_one_runs_the_trial_again()
    {
        await RegisterAsync("""{"hang": {"program": "bash", "arguments": ["-c", "if [ -e \"$HPO_ARTIFACTS/pid\" ]; then echo 'hpo {\"complete\": {\"value\": 1}}'; else (echo $BASHPID > \"$HPO_ARTIFACTS/pid\"; sleep 600); fi"]}}""");
        string pid;
        await using (var service = await Service.StartAsync(_data, slots: 1))
        {
            await service.PostAsync("studies", new { name = "hang", parameters = new[] { new { name = "x", type = "boolean" } }, runner = new { kind = "command", command = "hang" }, budget = new { maxTrials = 1 } });
            pid = Path.Combine(_data, "trials", "1", "0", "artifacts", "pid");
            await UntilAsync(() => File.Exists(pid) && new FileInfo(pid).Length > 0);
            await service.KillAsync();
        }

        var id = int.Parse(await File.ReadAllTextAsync(pid));
        await UntilAsync(() => !Processes.IsRunning(id));
        await using var again = await Service.StartAsync(_data, slots: 1);
        var study = await again.WaitAsync("hang", s => s.GetProperty("state").GetString() == "completed");
        Assert.Equal(2, study.GetProperty("best").GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task A_key_from_the_command_line_opens_the_service_and_nothing_else_does()
    {
        using var add = Service.Run("key", "add", "alice", "--role", "write", "--data", _data);
        var key = (await add.StandardOutput.ReadToEndAsync()).Trim();
        await using var service = await Service.StartAsync(_data, slots: 0);
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.Http.GetAsync("api/v1/studies")).StatusCode);
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("api/v1/studies")).StatusCode);
        using var list = Service.Run("key", "list", "--data", _data);
        var listed = await list.StandardOutput.ReadToEndAsync();
        Assert.Contains("alice", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key[17..], listed, StringComparison.Ordinal);
        using var revoke = Service.Run("key", "revoke", "alice", "--data", _data);
        await revoke.WaitForExitAsync();
        for (var i = 0; (await service.Http.GetAsync("api/v1/studies")).StatusCode != HttpStatusCode.Unauthorized; i++)
        {
            Assert.True(i < 100, "The key still works.");
            await Task.Delay(100);
        }
    }

    private Task RegisterAsync(string commands) => File.WriteAllTextAsync(Path.Combine(_data, "commands.json"), commands);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 600, "It did not come to that within a minute.");
            await Task.Delay(100);
        }
    }
}
