using System.Net.Sockets;
using System.Text.Json.Nodes;
using HpoService.Api;
using HpoService.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace HpoService.Client.Tests;

public sealed class HpoClientTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-client-").FullName;
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"));
        await database.MigrateAsync(default);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHpoStorage(database).AddHpoApi();
        _app = builder.Build().MapHpoApi();
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_study_is_created_worked_through_and_watched_to_its_end()
    {
        var client = new HpoClient(_http);
        await client.CreateStudyAsync(JsonNode.Parse("""{"name":"c","parameters":[{"name":"x","type":"float","low":0,"high":1}],"budget":{"maxTrials":3}}""")!.AsObject());
        while (await client.SuggestAsync("c") is { Trials: [var trial] })
        {
            var x = trial.Parameters["x"].GetDouble();
            Assert.False(await client.ReportAsync("c", trial, 1, new Dictionary<string, double> { ["value"] = x }));
            await client.CompleteAsync("c", trial, new Dictionary<string, double> { ["value"] = x });
        }

        var seen = new List<int>();
        await foreach (var trial in client.WatchAsync("c", TimeSpan.FromMilliseconds(10)))
            seen.Add(trial.Number);
        Assert.Equal([0, 1, 2], seen);
        Assert.Equal("completed", (await client.GetStudyAsync("c")).State);
    }

    [Fact]
    public async Task A_trial_ends_in_each_of_its_ways()
    {
        var client = new HpoClient(_http);
        await client.CreateStudyAsync(JsonNode.Parse("""{"name":"e","parameters":[{"name":"x","type":"float","low":0,"high":1}],"budget":{"maxTrials":6},"maxAttempts":1}""")!.AsObject());
        var queued = Assert.Single(await client.EnqueueAsync("e", [new JsonObject { ["x"] = 0.25 }]));
        var trials = (await client.SuggestAsync("e", 6)).Trials;
        Assert.Equal((queued.Number, 0.25), (trials[0].Number, trials[0].Parameters["x"].GetDouble()));
        Assert.False(await client.HeartbeatAsync("e", trials[0]));
        await client.ReportAsync("e", trials[0], 1, new Dictionary<string, double> { ["value"] = 1 });
        Assert.Equal("pruned", (await client.PruneAsync("e", trials[0], "enough")).State);
        Assert.Equal("infeasible", (await client.InfeasibleAsync("e", trials[1], "out of memory")).State);
        Assert.Equal("failed", (await client.FailAsync("e", trials[2], "broke")).State);
        Assert.Equal("canceled", (await client.CancelAsync("e", trials[3].Number)).State);
        Assert.True(await client.HeartbeatAsync("e", trials[3]));
        foreach (var trial in trials.Skip(4))
            await client.CompleteAsync("e", trial, new Dictionary<string, double> { ["value"] = 1 });
        Assert.Equal("completed", (await client.SuggestAsync("e")).StudyState);
    }

    [Fact]
    public async Task A_name_from_outside_leads_nowhere_else()
    {
        var client = new HpoClient(_http);
        await client.CreateStudyAsync(JsonNode.Parse("""{"name":"x","parameters":[{"name":"x","type":"float","low":0,"high":1}]}""")!.AsObject());
        Assert.Equal(404, (await Assert.ThrowsAsync<HpoProblemException>(() => client.GetStudyAsync("a b/../x?y"))).Status);
    }

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public async Task A_training_that_diverged_can_be_reported(double loss)
    {
        var client = new HpoClient(_http);
        await client.CreateStudyAsync(JsonNode.Parse("""{"name":"d","parameters":[{"name":"x","type":"float","low":0,"high":1}]}""")!.AsObject());
        var trial = Assert.Single((await client.SuggestAsync("d")).Trials);
        Assert.True(await client.ReportAsync("d", trial, 1, new Dictionary<string, double> { ["value"] = loss }));
        Assert.Equal("infeasible", (await client.CompleteAsync("d", trial, new Dictionary<string, double> { ["value"] = loss })).State);
    }

    [Fact]
    public async Task A_refusal_carries_the_problem_document()
    {
        var e = await Assert.ThrowsAsync<HpoProblemException>(() => new HpoClient(_http).GetStudyAsync("nowhere"));
        Assert.Equal(404, e.Status);
        Assert.Contains("study-not-found", e.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_as_it_is_made_is_a_failed_request()
    {
        using var http = new HttpClient(new Cut()) { BaseAddress = new Uri("http://127.0.0.1:1") };
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => new HpoClient(http).GetStudyAsync("any"));
        Assert.Equal(HttpRequestError.ConnectionError, e.HttpRequestError);
        await Assert.ThrowsAsync<HttpRequestException>(() => new HpoClient(http).DeleteDataSetAsync("any"));
    }

    // What HttpClient itself throws now and then.
    private sealed class Cut : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new SocketException((int)SocketError.NotConnected);
    }
}
