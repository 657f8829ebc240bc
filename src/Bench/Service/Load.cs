using System.Diagnostics;
using System.Text.Json;

namespace HpoService.Bench.Service;

/// <summary>Clients at work: each has a connection and one request at a time.</summary>
internal sealed class Load(int clients, TimeSpan work)
{
    private readonly double[] _points = [.. Enumerable.Range(0, clients).Select(i => i / (double)clients)];

    /// <summary>Suggest and complete, again and again; the clients take turns at the studies.</summary>
    public Task<LoadResult> PairsAsync(ChildServer server, IReadOnlyList<string> studies, double seconds, CancellationToken cancellationToken) =>
        RunAsync(server, seconds, (connection, client, round) => PairAsync(connection, studies[(client + round) % studies.Count], client, round, cancellationToken), cancellationToken);

    /// <summary>One request of a fixed kind, again and again.</summary>
    public Task<LoadResult> RepeatAsync(ChildServer server, string method, string path, string? json, double seconds, CancellationToken cancellationToken) =>
        RunAsync(server, seconds, async (connection, _, _) =>
        {
            var started = Stopwatch.GetTimestamp();
            var (status, _) = await connection.SendAsync(method, path, json, cancellationToken);
            return status < 300 ? (0, Stopwatch.GetElapsedTime(started).TotalMilliseconds) : null;
        }, cancellationToken);

    private async Task<LoadResult> RunAsync(
        ChildServer server, double seconds, Func<KeepAliveConnection, int, int, Task<(double First, double Second)?>> step, CancellationToken cancellationToken)
    {
        var (cpu, started) = (server.CpuSeconds(), Stopwatch.GetTimestamp());
        var results = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var (times, errors) = (new List<(double First, double Second)>(), 0);
            using var connection = await KeepAliveConnection.OpenAsync(server.Url, cancellationToken);
            for (var round = 0; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; round++)
            {
                if (await step(connection, client, round) is { } time)
                    times.Add(time);
                else
                    errors++;
            }

            return (times, errors);
        }, cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = results.SelectMany(r => r.times).ToList();
        return new LoadResult(all.ConvertAll(t => t.First), all.ConvertAll(t => t.Second), results.Sum(r => r.errors), elapsed, server.CpuSeconds() - cpu);
    }

    private async Task<(double First, double Second)?> PairAsync(KeepAliveConnection connection, string study, int client, int round, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (status, answer) = await connection.SendAsync("POST", $"/api/v1/studies/{study}/suggest", """{"count":1,"worker":"bench"}""", cancellationToken);
        var suggested = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var (number, token) = status == 200 ? Trial(answer.Span) : default;
        if (token is null)
            return null;
        if (work > TimeSpan.Zero)
            await Task.Delay(work, cancellationToken);
        started = Stopwatch.GetTimestamp();
        var value = Math.Abs((_points[client] + round * 0.6180339887) % 1 - 0.5);
        (status, _) = await connection.SendAsync(
            "POST", $"/api/v1/studies/{study}/trials/{number}/complete", $$$"""{"values":{"loss":{{{value:R}}}},"leaseToken":"{{{token}}}"}""", cancellationToken);
        return status == 200 ? (suggested, Stopwatch.GetElapsedTime(started).TotalMilliseconds) : null;
    }

    private static (int Number, string? Token) Trial(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer);
        var number = -1;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.ValueTextEquals("number"u8) && reader.Read())
                number = reader.GetInt32();
            else if (reader.ValueTextEquals("token"u8) && reader.Read())
                return (number, reader.GetString());
        }

        return (number, null);
    }
}
