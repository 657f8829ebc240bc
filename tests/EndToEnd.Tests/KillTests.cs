using System.Diagnostics;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

public sealed class KillTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-kill-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_study_finishes_with_every_trial_once_though_a_child_and_then_the_service_are_killed()
    {
        int[] orphans;
        await using (var service = await Service.StartAsync(_data, slots: 2))
        {
            await service.PostAsync("studies", Study(trials: 8, epochs: 100));
            await service.WaitAsync("digits", s => Count(s, "completed") >= 1 && Count(s, "running") == 2);
            Process.GetProcessById(service.Children()[0]).Kill();
            await service.WaitAsync("digits", s => Count(s, "completed") >= 3 && Count(s, "running") == 2);
            orphans = [.. service.Children()];
            Assert.NotEmpty(orphans);
            await service.KillAsync();
        }

        await using var again = await Service.StartAsync(_data, slots: 2);
        foreach (var orphan in orphans)
            Assert.True(IsGone(orphan), "a training process ends with its service");
        var study = await again.WaitAsync("digits", s => s.GetProperty("state").GetString() == "completed");
        var trials = (await again.GetAsync("studies/digits/trials")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal("maxTrials", study.GetProperty("completionReason").GetString());
        Assert.Equal(Enumerable.Range(0, 8), trials.Select(t => t.GetProperty("number").GetInt32()));
        Assert.All(trials, t => Assert.Contains(t.GetProperty("state").GetString(), new[] { "completed", "infeasible" }));
        Assert.Contains(trials, t => t.GetProperty("attempt").GetInt32() > 1);
    }

    [Fact]
    public async Task A_trial_in_several_processes_fails_when_one_is_killed_and_none_outlives_the_service()
    {
        int[] ranks;
        await using (var service = await Service.StartAsync(_data, slots: 1))
        {
            await service.PostAsync("studies", Study(trials: 2, epochs: 10_000, new { kind = "data", processes = 3 }));
            await MeasuredAsync(0);
            Process.GetProcessById(service.Children()[1]).Kill();
            await service.WaitAsync("digits", s => Count(s, "failed") == 1);
            Assert.Matches(@"^rank \d of 3 broke: the training process died with exit code 137$", (await service.GetAsync("studies/digits/trials/0")).GetProperty("error").GetString());
            await MeasuredAsync(1);
            ranks = [.. service.Children()];
            Assert.Equal(3, ranks.Length);
            await service.KillAsync();

            async Task MeasuredAsync(int trial)
            {
                await service.WaitAsync("digits", s => Count(s, "running") == 1);
                for (var wait = 0; (await service.GetAsync($"studies/digits/trials/{trial}")).GetProperty("measurements").GetArrayLength() == 0; wait++)
                {
                    Assert.True(wait < 600, "a measurement comes");
                    await Task.Delay(100);
                }
            }
        }

        Assert.All(ranks, rank => Assert.True(IsGone(rank), "a rank ends with its service"));
    }

    [Fact]
    public async Task What_was_answered_with_success_survives_kill_9()
    {
        string token;
        await using (var service = await Service.StartAsync(_data, slots: 0))
        {
            await service.PostAsync("studies", new { name = "walk", parameters = new object[] { new { name = "x", type = "float", low = 0, high = 1 } } });
            var trials = (await service.PostAsync("studies/walk/suggest", new { count = 2, leaseSeconds = 600 })).GetProperty("trials");
            token = trials[0].GetProperty("lease").GetProperty("token").GetString()!;
            await service.PostAsync("studies/walk/trials/0/report", new { step = 1, values = new { value = 0.5 }, leaseToken = token });
            await service.KillAsync();
        }

        await using var again = await Service.StartAsync(_data, slots: 0);
        var trial = await again.GetAsync("studies/walk/trials/0");
        Assert.Equal("running", trial.GetProperty("state").GetString());
        Assert.Equal(1, trial.GetProperty("measurements").GetArrayLength());
        await again.PostAsync("studies/walk/trials/0/complete", new { values = new { value = 0.25 }, leaseToken = token });
        var next = (await again.PostAsync("studies/walk/suggest", new { })).GetProperty("trials")[0];
        Assert.Equal(2, next.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task SIGTERM_hands_running_trials_back_to_the_queue()
    {
        await using (var service = await Service.StartAsync(_data, slots: 2))
        {
            await service.PostAsync("studies", Study(trials: 4, epochs: 2000));
            await service.WaitAsync("digits", s => Count(s, "running") == 2);
            Assert.Equal(0, await service.StopAsync());
        }

        await using var reader = await Service.StartAsync(_data, slots: 0);
        var study = await reader.GetAsync("studies/digits");
        Assert.Equal((2, 0, 0), (Count(study, "queued"), Count(study, "running"), Count(study, "failed")));
    }

    private static object Study(int trials, int epochs, object? parallelism = null) => new
    {
        name = "digits",
        objectives = new[] { new { metric = "accuracy", direction = "maximize" } },
        sampler = new { kind = "random", seed = 3 },
        budget = new { maxTrials = trials, maxParallelTrials = 2 },
        maxAttempts = parallelism is null ? 2 : 1,
        runner = new { kind = "training", model = "mlp", dataset = "digits", settings = new { epochs, parallelism = parallelism ?? new { kind = "none" } } },
    };

    private static int Count(JsonElement study, string state) => study.GetProperty("trialCounts").GetProperty(state).GetInt32();

    private static bool IsGone(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.HasExited || process.WaitForExit(5000);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
