using System.Net.Http.Json;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>A service over one data folder that is killed and comes back on another port; requests are repeated until they are answered.</summary>
public sealed class KilledService : IAsyncDisposable
{
    private readonly string _data;
    private readonly Random _random;
    private readonly List<Service> _all = [];
    private volatile Service _now;

    private KilledService(string data, int seed, Service first) => (_data, _random, _now) = (data, new Random(seed), first);

    public static async Task<KilledService> StartAsync(string data, int seed)
    {
        var service = new KilledService(data, seed, await Service.StartAsync(data, slots: 1));
        service._all.Add(service._now);
        return service;
    }

    /// <summary>Lets it work for up to 3 s, kills it; sometimes kills the next one while it starts; and waits for one that stays.</summary>
    public async Task KillAndRestartAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(_random.Next(3000), cancellationToken);
        await _now.KillAsync();
        if (_random.Next(3) == 0)
        {
            using var starting = Service.Run("serve", "--urls", "http://127.0.0.1:0", "--data", _data, "--slots", "1");
            await Task.Delay(_random.Next(1500), cancellationToken);
            starting.Kill();
            await starting.WaitForExitAsync(cancellationToken);
        }

        _now = await Service.StartAsync(_data, slots: 1);
        _all.Add(_now);
    }

    /// <summary>The body of a success; repeats while nobody answers. Any other answer fails the test.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, string? key, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = body is null ? null : JsonContent.Create(body) };
                if (key is not null)
                    request.Headers.Add("Idempotency-Key", key);
                using var response = await _now.Http.SendAsync(request, cancellationToken);
                var text = await response.Content.ReadAsStringAsync(cancellationToken);
                Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {response.StatusCode} {text}");
                return JsonDocument.Parse(text).RootElement;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                await Task.Delay(20, cancellationToken); // killed; perhaps after the effect, before the answer
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _all)
            await service.DisposeAsync();
    }
}
