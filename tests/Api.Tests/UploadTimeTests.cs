using System.Net.Sockets;
using System.Text;

namespace HpoService.Api.Tests;

/// <summary>How long a data set may be on its way.</summary>
public sealed class UploadTimeTests
{
    private const string Form = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nslow\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n", End = "\r\n--b--\r\n";
    private static readonly string[] Rows = [.. Enumerable.Range(0, 15).Select(i => $"{i},{i % 2}\n").Prepend("a,b\n")];

    private sealed class Host(string name, string value) : ApiHost, IAsyncDisposable
    {
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { [name] = value };

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    [Fact]
    public async Task A_data_set_that_comes_slowly_may_take_longer_than_other_requests()
    {
        await using var api = new Host("Limits:RequestSeconds", "0.5");
        await api.InitializeAsync();
        using var socket = await SendAsync(api, Form);
        foreach (var row in Rows)
        {
            await Task.Delay(100);
            await socket.SendAsync(Encoding.ASCII.GetBytes(row));
        }

        await socket.SendAsync(Encoding.ASCII.GetBytes(End));
        Assert.StartsWith("HTTP/1.1 201 ", await AnswerAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_set_that_does_not_come_in_time_is_408_and_leaves_nothing()
    {
        await using var api = new Host("Limits:UploadSeconds", "1");
        await api.InitializeAsync();
        using var socket = await SendAsync(api, Form + Rows[0]);
        var answer = await AnswerAsync(socket);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("/problems/too-slow", answer, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(api.Folder, "datasets")));
    }

    private static async Task<Socket> SendAsync(ApiHost api, string start)
    {
        var url = api.Http.BaseAddress!;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(url.Host, url.Port);
        var length = Form.Length + Rows.Sum(row => row.Length) + End.Length;
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/datasets HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{start}"));
        return socket;
    }

    private static async Task<string> AnswerAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }
}
