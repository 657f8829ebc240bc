using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HpoService.Bench.Service;

/// <summary>Event streams that nobody reads from more than the system does by itself.</summary>
internal sealed class IdleStreams : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private double _before, _after;

    public static async Task<IdleStreams> OpenAsync(ChildServer server, IReadOnlyList<string> studies, int count, CancellationToken cancellationToken)
    {
        var streams = new IdleStreams { _before = server.Memory() };
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            streams._sockets.Add(socket);
            await socket.ConnectAsync(IPAddress.Parse(server.Url.Host), server.Url.Port, cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/studies/{studies[i % studies.Count]}/events HTTP/1.1\r\nHost: {server.Url.Authority}\r\n\r\n"), cancellationToken);
            await socket.ReceiveAsync(new byte[4096], cancellationToken);
        }

        await Task.Delay(TimeSpan.FromSeconds(count > 0 ? 2 : 0), cancellationToken);
        streams._after = server.Memory();
        return streams;
    }

    public void Write(TextWriter output)
    {
        if (_sockets.Count > 0)
            output.WriteLine($"\n{_sockets.Count} idle event streams: resident memory from {_before:F0} to {_after:F0} MiB.");
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
