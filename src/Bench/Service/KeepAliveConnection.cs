using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HpoService.Bench.Service;

/// <summary>One HTTP/1.1 connection with one request at a time. Written out because HttpClient costs as much processor time as the server
/// that is measured beside it.</summary>
internal sealed class KeepAliveConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _host;
    private byte[] _buffer = new byte[16_384];
    private byte[] _body = new byte[16_384];
    private int _start, _end, _bodyLength;

    private KeepAliveConnection(string host) => _host = host;

    public static async Task<KeepAliveConnection> OpenAsync(Uri url, CancellationToken cancellationToken)
    {
        var connection = new KeepAliveConnection(url.Authority);
        await connection._socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port, cancellationToken);
        return connection;
    }

    /// <summary>The status; the body is valid until the next call.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(string method, string path, string? json, CancellationToken cancellationToken)
    {
        var content = json is null ? "" : $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n";
        var request = Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {_host}\r\n{content}\r\n{json}");
        for (var sent = 0; sent < request.Length;)
            sent += await _socket.SendAsync(request.AsMemory(sent), cancellationToken);
        var status = 0;
        var (length, isChunked) = (0, false);
        for (var line = await LineAsync(cancellationToken); line.Length > 0; line = await LineAsync(cancellationToken))
        {
            if (status == 0)
                status = int.Parse(line.AsSpan(9, 3));
            else if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line.AsSpan(15));
            else if (line.StartsWith("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
                isChunked = true;
        }

        _bodyLength = 0;
        if (!isChunked)
        {
            await TakeAsync(length, cancellationToken);
            return (status, _body.AsMemory(0, _bodyLength));
        }

        while (int.Parse(await LineAsync(cancellationToken), System.Globalization.NumberStyles.HexNumber) is > 0 and var chunk)
        {
            await TakeAsync(chunk, cancellationToken);
            await LineAsync(cancellationToken);
        }

        await LineAsync(cancellationToken);
        return (status, _body.AsMemory(0, _bodyLength));
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8) is >= 0 and var at)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, at);
                _start += at + 2;
                return line;
            }

            await FillAsync(cancellationToken);
        }
    }

    private async ValueTask TakeAsync(int count, CancellationToken cancellationToken)
    {
        if (_body.Length < _bodyLength + count)
            Array.Resize(ref _body, 2 * (_bodyLength + count));
        while (count > 0)
        {
            if (_start == _end)
                await FillAsync(cancellationToken);
            var part = Math.Min(count, _end - _start);
            _buffer.AsSpan(_start, part).CopyTo(_body.AsSpan(_bodyLength));
            (_start, _bodyLength, count) = (_start + part, _bodyLength + part, count - part);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read > 0 ? read : throw new IOException("the server must answer, but closed the connection.");
    }
}
