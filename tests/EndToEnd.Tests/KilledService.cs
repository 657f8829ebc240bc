using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using HpoService.Bench.Service;

namespace HpoService.EndToEnd.Tests;

/// <summary>A service that is killed and comes back on another port; requests are repeated until they are answered. On SQLite it is one process over one
/// data folder; on PostgreSQL two with folders of their own, as on two machines, and the server itself crashes, too.</summary>
public sealed class KilledService : IAsyncDisposable
{
    private readonly string _data;
    private readonly PostgresCluster? _postgres;
    private readonly string? _address;
    private readonly Random _random;
    private readonly List<Service> _all = [];
    private readonly Service[] _now;
    private int _requests;

    private KilledService(string data, int seed, PostgresCluster? postgres, string? address) =>
        (_data, _random, _postgres, _address, _now) = (data, new Random(seed), postgres, address, new Service[postgres is null ? 1 : 2]);

    public static async Task<KilledService> StartAsync(string data, int seed, bool onPostgres)
    {
        var postgres = onPostgres ? await PostgresCluster.StartAsync(isDurable: false) : null;
        var service = new KilledService(data, seed, postgres, postgres?.Address(await postgres.CreateDatabaseAsync()));
        await Task.WhenAll(Enumerable.Range(0, service._now.Length).Select(service.StartAsync));
        return service;
    }

    /// <summary>Lets it work for up to 3 s, kills a part of it; sometimes kills the next one while it starts; and waits for one that stays.</summary>
    public async Task KillAndRestartAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_random.Next(3000), cancellationToken);
        if (_postgres is not null && _random.Next(2) == 0)
        {
            await _postgres.CrashAsync();
            await Task.Delay(_random.Next(1000), cancellationToken);
            await _postgres.RestartAsync();
            return;
        }

        var which = _random.Next(_now.Length);
        await _now[which].KillAsync();
        if (_random.Next(3) == 0)
        {
            using var starting = Service.Run([.. Service.Arguments("http://127.0.0.1:0", FolderOf(which), slots: 1, _address)]);
            await Task.Delay(_random.Next(1500), cancellationToken);
            starting.Kill();
            await starting.WaitForExitAsync(cancellationToken);
        }

        await StartAsync(which);
    }

    /// <summary>The body of a success; repeats while nobody answers, or the database is away. Any other answer fails the test.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                using var response = await _now[(uint)Interlocked.Increment(ref _requests) % _now.Length].Http.SendAsync(request, cancellationToken);
                var text = await response.Content.ReadAsStringAsync(cancellationToken);
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable && _postgres is not null)
                {
                    Assert.Contains(JsonDocument.Parse(text).RootElement.GetProperty("type").GetString(), new[] { "/problems/unwritable", "/problems/unknown-outcome" });
                    await Task.Delay(20, cancellationToken);
                    continue;
                }

                Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {text}");
                return JsonDocument.Parse(text).RootElement;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
            {
                await Task.Delay(20, cancellationToken); // killed; perhaps after the effect, before the answer
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _all)
            await service.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    private async Task StartAsync(int which)
    {
        _now[which] = await Service.StartAsync(FolderOf(which), slots: 1, address: _address);
        lock (_all)
            _all.Add(_now[which]);
    }

    private string FolderOf(int which) => Path.Combine(_data, $"{which}");
}
