using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HpoService.Storage.Tests;

/// <summary>A line to a PostgreSQL server that is cut at a chosen answer: the server has done what it was asked for, and the asker does not hear of it.</summary>
internal sealed class CutLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _server;
    private volatile int _answers = int.MaxValue;

    public CutLine(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Lets so many more answers through, on all connections together; the one after them is withheld, and its connection cut.</summary>
    public void CutAfter(int answers) => _answers = answers;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // the test is over
        }
    }

    private async Task CarryAsync(TcpClient asker)
    {
        using var server = new TcpClient { NoDelay = true };
        using (asker)
        {
            await server.ConnectAsync(IPAddress.Loopback, _server);
            var asking = asker.GetStream().CopyToAsync(server.GetStream());
            await Task.WhenAny(asking, AnswerAsync(server.GetStream(), asker.GetStream()));
        }
    }

    // A message is a letter, a length that counts itself, and the rest; Z ends an answer.
    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var head = new byte[5];
        while (true)
        {
            await from.ReadExactlyAsync(head);
            var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
            await from.ReadExactlyAsync(rest);
            if (head[0] == 'Z' && Interlocked.Decrement(ref _answers) < 0)
            {
                _answers = int.MaxValue;
                return;
            }

            await to.WriteAsync(head);
            await to.WriteAsync(rest);
        }
    }
}
