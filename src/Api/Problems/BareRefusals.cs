using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;

namespace HpoService.Api.Problems;

/// <summary>Gives the server's own refusals a problem document: what is no HTTP it answers before anybody else is asked, with nothing in it.</summary>
/// <remarks>Between the server and the connection. All that other answers cost is a look at their ninth byte.</remarks>
internal sealed class BareRefusals(PipeWriter inner) : PipeWriter
{
    private static readonly Dictionary<int, string> Details = new()
    {
        [400] = "the request must be HTTP with one Host that is text, a path without %00, and headers that are well formed, but got another.",
        [408] = "the headers must come in time, but got no end of them.",
        [414] = "the request line must have at most 8,192 bytes, but got more.",
        [431] = "the headers must be at most 100 and have at most 32,768 bytes, but got more.",
        [505] = "the version must be HTTP/1.0, 1.1 or 2, but got another.",
    };

    private static readonly Dictionary<int, byte[]> Documents = Details.ToDictionary(d => d.Key, d =>
    {
        var type = d.Key == 408 ? "too-slow" : "malformed-request";
        return JsonSerializer.SerializeToUtf8Bytes(new { type = $"/problems/{type}", title = ProblemTypes.Descriptions[type], status = d.Key, detail = d.Value });
    });

    private Memory<byte> _memory;
    private bool _isDisarmed;

    /// <summary>To be used on an endpoint.</summary>
    public static ConnectionDelegate Over(ConnectionDelegate next) => connection =>
    {
        var output = new BareRefusals(connection.Transport.Output);
        connection.Transport = new Ends(connection.Transport.Input, output);
        connection.Features.Set(output);
        return next(connection);
    };

    /// <summary>To be called before bytes of others' making are sent, which might look like a refusal: on that connection refusals stay bare from then on.</summary>
    public static void Disarm(HttpContext context)
    {
        if (context.Features.Get<BareRefusals>() is { } output)
            output._isDisarmed = true;
    }

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => inner.Advance(bytes > 12 && _memory.Span[9] is (byte)'4' or (byte)'5' && !_isDisarmed ? Completed(_memory.Span, bytes) : bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => inner.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    // Every answer of the application has headers that this one lacks, also when it has no body.
    private static int Completed(Span<byte> span, int bytes)
    {
        ReadOnlySpan<byte> length = "Content-Length: 0"u8;
        var head = span[..bytes];
        if (!head.StartsWith("HTTP/1.1 "u8) || !head.EndsWith("\r\n\r\n"u8) || head.IndexOf("\r\nConnection: close\r\n"u8) < 0 || head.IndexOf("X-Content-Type-Options"u8) >= 0
            || head.IndexOf(length) is not (> 0 and var at) || !Documents.TryGetValue((span[9] - '0') * 100 + (span[10] - '0') * 10 + span[11] - '0', out var document))
            return bytes;
        byte[] whole = [.. head[..at], .. "Content-Type: application/problem+json\r\nContent-Length: "u8, .. System.Text.Encoding.ASCII.GetBytes($"{document.Length}"), .. head[(at + length.Length)..], .. document];
        return whole.AsSpan().TryCopyTo(span) ? whole.Length : bytes;
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
