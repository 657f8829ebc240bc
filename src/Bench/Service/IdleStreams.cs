using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HpoService.Bench.Statistics;
using HpoService.Storage;

namespace HpoService.Bench.Service;

/// <summary>Event streams that nobody reads from more than the system does by itself.</summary>
internal sealed class IdleStreams : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private double _before, _after;

    public static async Task<IdleStreams> OpenAsync(ChildServer server, int count, CancellationToken cancellationToken)
    {
        var streams = new IdleStreams { _before = server.Memory() };
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            streams._sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Parse(server.Url.Host), server.Url.Port, cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/studies/{Scenario.Quiet}/events HTTP/1.1\r\nHost: {server.Url.Authority}\r\n\r\n"), cancellationToken);
            await socket.ReceiveAsync(new byte[4096], cancellationToken);
        }

        await Task.Delay(TimeSpan.FromSeconds(count > 0 ? 2 : 0), cancellationToken);
        streams._after = server.Memory();
        return streams;
    }

    /// <summary>Has this process write so many times to the scenario's database, and times how long the first stream's event takes.</summary>
    public async Task WriteAsync(TextWriter output, Scenario scenario, int events, CancellationToken cancellationToken)
    {
        if (_sockets.Count == 0)
            return;
        output.WriteLine($"\n{_sockets.Count} idle event streams: resident memory from {_before:F0} to {_after:F0} MiB.");
        var (dispatcher, buffer, times) = (new TrialDispatcher(scenario.Database.Open(), TimeProvider.System), new byte[65_536], new List<double>());
        for (var i = 0; i < events; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(150 + 7 * i), cancellationToken); // at all phases of whatever looks now and then
            while (_sockets[0].Available > 0)
                await _sockets[0].ReceiveAsync(buffer, cancellationToken);
            await dispatcher.SuggestAsync(Scenario.Quiet, 1, "bench", TimeSpan.FromMinutes(1), null, cancellationToken);
            var written = Stopwatch.GetTimestamp();
            await _sockets[0].ReceiveAsync(buffer, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(written).TotalMilliseconds);
        }

        output.WriteLine($"An event of what another process wrote came {Quantiles.Median(times):F0} ms (median) and {times.Max():F0} ms (longest of {events}) after its commit.");
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
