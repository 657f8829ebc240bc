using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using HpoService.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

public sealed class RateAndShutdownTests : IAsyncLifetime
{
    private readonly Host _api = new();

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task More_requests_than_the_limit_are_429_too_many_requests_with_Retry_After_for_that_caller_alone()
    {
        var keys = _api.Services.GetRequiredService<ApiKeyStore>();
        var (eager, calm) = (await keys.AddAsync("eager", Role.Read, default), await keys.AddAsync("calm", Role.Read, default));
        while ((await CallAsync(null)).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
        var refused = 0;
        for (var i = 0; i < 200; i++)
        {
            using var response = await CallAsync(eager);
            if (response.StatusCode != HttpStatusCode.TooManyRequests)
                continue;
            refused++;
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal("/problems/too-many-requests", JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString());
        }

        Assert.InRange(refused, 1, 199);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(calm)).StatusCode);
    }

    [Fact]
    public async Task Who_is_let_in_nowhere_is_limited_too()
    {
        await _api.Services.GetRequiredService<ApiKeyStore>().AddAsync("any", Role.Read, default);
        while ((await CallAsync(null)).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200; i++)
            statuses.Add((await CallAsync(null)).StatusCode);
        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], statuses.Distinct().Order());
    }

    [Theory, InlineData(1), InlineData(2), InlineData(7), InlineData(15), InlineData(25), InlineData(2000)]
    public void A_limit_is_what_it_says_whether_small_or_large(int perSecond)
    {
        var bucket = Access.Access.Bucket(perSecond);
        Assert.Equal(perSecond, bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalSeconds, 1e-3 * perSecond);
        Assert.Equal(2 * perSecond, bucket.TokenLimit);
    }

    [Fact]
    public async Task Guessing_keys_is_429_before_it_costs_much()
    {
        var key = await _api.Services.GetRequiredService<ApiKeyStore>().AddAsync("known", Role.Read, default);
        while ((await CallAsync(null)).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(key)).StatusCode);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i => (await CallAsync($"{key[..17]}guess{i:D20}")).StatusCode));
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
    }

    [Fact]
    public async Task Revoking_the_last_key_does_not_open_the_service()
    {
        var keys = _api.Services.GetRequiredService<ApiKeyStore>();
        var key = await keys.AddAsync("last", Role.Read, default);
        while ((await CallAsync(null)).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
        Assert.Equal(HttpStatusCode.OK, (await CallAsync(key)).StatusCode);
        await keys.RevokeAsync("last", default);
        while ((await CallAsync(key)).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
        Assert.Equal(HttpStatusCode.Unauthorized, (await CallAsync(null)).StatusCode);
    }

    [Fact]
    public async Task As_the_service_ends_running_requests_end_streams_close_and_new_requests_are_503_shutting_down()
    {
        await _api.CreateAsync("ending");
        using var stream = await _api.Http.GetAsync("api/v1/studies/ending/events", HttpCompletionOption.ResponseHeadersRead);
        var reading = stream.Content.ReadAsStringAsync();
        var running = _api.Http.GetAsync("/held");
        await _api.IsHeld.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var idle = new HttpClient { BaseAddress = _api.Http.BaseAddress };
        var stopping = _api.App.StopAsync();
        while (!_api.App.Lifetime.ApplicationStopping.IsCancellationRequested)
            await Task.Delay(5);
        using var late = await idle.GetAsync("api/v1/studies");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/shutting-down"), (late.StatusCode, JsonDocument.Parse(await late.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString()));
        Assert.True(late.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await idle.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await idle.GetAsync("/health/live")).StatusCode);
        await reading.WaitAsync(TimeSpan.FromSeconds(20));
        _api.Release.SetResult();
        Assert.Equal("done", await (await running).Content.ReadAsStringAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task<HttpResponseMessage> CallAsync(string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/studies");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _api.Http.SendAsync(request);
    }

    private sealed class Host : ApiHost
    {
        public TaskCompletionSource IsHeld { get; } = new();

        public TaskCompletionSource Release { get; } = new();

        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Limits:RequestsPerSecond"] = "10" };

        protected override void Extend(WebApplication app) => app.MapGet("/held", async () =>
        {
            IsHeld.SetResult();
            await Release.Task;
            return "done";
        });
    }
}
