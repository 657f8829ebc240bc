using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HpoService.Bench.Service;

namespace HpoService.EndToEnd.Tests;

/// <summary>Services over one PostgreSQL server, each with a data folder of its own as on machines of their own.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-postgres-test-").FullName;
    private PostgresCluster _cluster = null!;
    private string _address = null!;

    public async Task InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync(isDurable: false);
        _address = _cluster.Address(await _cluster.CreateDatabaseAsync());
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task A_server_that_goes_away_is_a_503_that_wrote_nothing_and_is_over_when_it_is_back()
    {
        await using var service = await StartAsync("one", slots: 0);
        await service.PostAsync("studies", Walk);
        await service.PostAsync("studies/walk/suggest", new { });
        await _cluster.CrashAsync();
        foreach (var refused in new[]
        {
            await service.Http.PostAsJsonAsync("api/v1/studies/walk/suggest", new { }),
            await service.Http.GetAsync("api/v1/studies/walk"),
            await service.Http.GetAsync("api/v1/studies"),
        })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("/problems/unwritable", problem.GetProperty("type").GetString());
            Assert.DoesNotContain("Npgsql", problem.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.Http.GetAsync("health/ready")).StatusCode);
        await _cluster.RestartAsync();
        Assert.Equal(1, (await service.PostAsync("studies/walk/suggest", new { })).GetProperty("trials")[0].GetProperty("number").GetInt32());
        Assert.Equal(2, (await service.GetAsync("studies/walk")).GetProperty("trialCounts").GetProperty("running").GetInt32());
    }

    [Fact]
    public async Task What_one_process_writes_the_other_one_s_event_stream_carries_also_after_the_server_has_crashed()
    {
        await using var one = await StartAsync("one", slots: 0);
        await using var other = await StartAsync("other", slots: 0);
        await one.PostAsync("studies", Walk);
        using var stream = new StreamReader(await other.Http.GetStreamAsync("api/v1/studies/walk/events"));
        for (var number = 0; number < 4; number++)
        {
            await SuggestAsync(one);
            for (string? line = null; line?.Contains($"\"number\":{number}", StringComparison.Ordinal) != true;)
                Assert.NotNull(line = await stream.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
            if (number != 1)
                continue;
            await _cluster.CrashAsync();
            await _cluster.RestartAsync();
        }
    }

    [Fact]
    public async Task Workers_of_two_machines_train_one_study_and_have_names_of_their_own()
    {
        await using var one = await StartAsync("one", slots: 1);
        await using var other = await StartAsync("other", slots: 1);
        await one.PostAsync("studies", new
        {
            name = "digits",
            sampler = new { kind = "random", seed = 3 },
            budget = new { maxTrials = 8, maxParallelTrials = 2 },
            runner = new { kind = "training", model = "mlp", dataset = "digits", settings = new { epochs = 20 } },
        });
        await other.WaitAsync("digits", s => s.GetProperty("state").GetString() == "completed");
        var trials = (await other.GetAsync("studies/digits/trials")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 8), trials.Select(t => t.GetProperty("number").GetInt32()));
        var byWorker = trials.GroupBy(t => t.GetProperty("worker").GetString()).ToList();
        Assert.Equal(2, byWorker.Count);
        // Each has one slot: its next trial starts when the one before has ended.
        Assert.All(byWorker, own => Assert.All(own.Zip(own.Skip(1)), pair =>
            Assert.True(pair.First.GetProperty("completedAt").GetDateTimeOffset() <= pair.Second.GetProperty("startedAt").GetDateTimeOffset(), $"{pair}")));
    }

    // As clients do: 503 says that nothing was written. The first requests after a crash may find connections that died in it.
    private static async Task SuggestAsync(Service service)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var response = await service.Http.PostAsJsonAsync("api/v1/studies/walk/suggest", new { });
            if (response.IsSuccessStatusCode)
                return;
            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < 100, $"{response.StatusCode}");
            await Task.Delay(100);
        }
    }

    private static object Walk { get; } = new { name = "walk", parameters = new object[] { new { name = "x", type = "float", low = 0, high = 1 } }, sampler = new { kind = "random" } };

    private Task<Service> StartAsync(string folder, int slots) => Service.StartAsync(Path.Combine(_data, folder), slots, address: _address);
}
