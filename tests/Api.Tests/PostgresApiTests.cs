using System.Net;
using HpoService.Api.Tests.Fuzzing;
using HpoService.Bench.Service;
using HpoService.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace HpoService.Api.Tests;

/// <summary>The real API over a PostgreSQL server.</summary>
public sealed class PostgresApiHost : ApiHost
{
    private static readonly Lazy<Task<PostgresCluster>> Server = new(() => PostgresCluster.StartAsync(isDurable: false));
    private string _address = null!;

    protected override async Task PrepareAsync()
    {
        var server = await Server.Value; // it ends with this process
        _address = server.Address(await server.CreateDatabaseAsync());
    }

    protected override Database OpenDatabase() => Database.Postgres(_address, Folder, Patience);
}

public sealed class PostgresWalkTests(PostgresApiHost api) : WalkTests(api), IClassFixture<PostgresApiHost>;

public sealed class PostgresListTests(PostgresApiHost api) : ListTests(api), IClassFixture<PostgresApiHost>
{
    private readonly PostgresApiHost _api = api;

    [Fact]
    public async Task A_text_that_PostgreSQL_cannot_hold_is_refused_alone()
    {
        await _api.CreateAsync("neighbour");
        var neighbours = Enumerable.Range(0, 20).Select(_ => _api.PostAsync("studies/neighbour/suggest")).ToList();
        await Assert.ThrowsAsync<UnstorableTextException>(() =>
            _api.Services.GetRequiredService<TrialDispatcher>().SuggestAsync("neighbour", 1, "a\0b", TimeSpan.FromMinutes(1), null, CancellationToken.None));
        await Task.WhenAll(neighbours);
    }
}

/// <summary>A service whose server ends.</summary>
public sealed class LostDatabaseTests
{
    private sealed class Host(PostgresCluster server, string database) : ApiHost, IAsyncDisposable
    {
        protected override Database OpenDatabase() => Database.Postgres(server.Address(database), Folder, Patience);

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    [Fact]
    public async Task What_is_open_to_all_is_so_while_the_database_is_away()
    {
        await using var server = await PostgresCluster.StartAsync(isDurable: false);
        await using var api = new Host(server, await server.CreateDatabaseAsync());
        await api.InitializeAsync();
        await api.CreateAsync("s");
        await server.CrashAsync();
        while ((await api.Http.GetAsync("api/v1/studies")).StatusCode != HttpStatusCode.ServiceUnavailable)
            await Task.Delay(100); // for two seconds keys need not be asked for again
        await Task.Delay(2500);
        foreach (var path in new[] { "health/live", "", "openapi/v1.json", "swagger/index.html", "problems/unwritable" })
            Assert.Equal((path, HttpStatusCode.OK), (path, (await api.Http.GetAsync(path)).StatusCode));
        var (status, ready) = await api.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unready"), (status, ready.GetProperty("status").GetString()));
    }
}

public sealed class PostgresEventTests(PostgresApiHost api) : EventTests(api), IClassFixture<PostgresApiHost>;

public sealed class PostgresFuzzTests(PostgresApiHost api, ITestOutputHelper output) : FuzzTests(api, output), IClassFixture<PostgresApiHost>;
