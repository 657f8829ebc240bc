using System.Net;
using System.Net.Http.Headers;
using HpoService.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

/// <summary>Logs and artifacts.</summary>
public sealed class FileTests(ApiHost api) : IClassFixture<ApiHost>
{
    private TrialFiles Files => api.Services.GetRequiredService<TrialFiles>();

    [Fact]
    public async Task A_log_is_read_while_it_grows_and_in_parts()
    {
        var id = await TrialAsync("logged");
        Assert.Equal("/problems/log-not-found", (await api.SendAsync(HttpMethod.Get, "studies/logged/trials/0/log")).Body.GetProperty("type").GetString());
        using var log = Files.AppendLog(id, 0);
        log.Write("epoch 1: 0.5 ✓");
        using var first = await api.Http.GetAsync("api/v1/studies/logged/trials/0/log");
        Assert.Equal(("epoch 1: 0.5 ✓\n", "text/plain; charset=utf-8"), (await first.Content.ReadAsStringAsync(), first.Content.Headers.ContentType?.ToString()));
        log.Write("epoch 2");
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/studies/logged/trials/0/log");
        request.Headers.Range = new RangeHeaderValue(first.Content.Headers.ContentLength, null);
        using var rest = await api.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "epoch 2\n"), (rest.StatusCode, await rest.Content.ReadAsStringAsync()));
        using var beyond = await api.SendAsync(HttpMethod.Get, "studies/logged/trials/0/log", null, ("Range", "bytes=1000-"));
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "application/problem+json"), (beyond.StatusCode, beyond.Content.Headers.ContentType?.MediaType));
        Assert.Equal("bytes */25", beyond.Content.Headers.ContentRange?.ToString());
        Assert.Contains("/problems/range-not-satisfiable", await beyond.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_is_bounded_and_says_so()
    {
        var id = await TrialAsync("long");
        using (var log = Files.AppendLog(id, 0))
        {
            var line = new string('x', 1 << 20);
            for (var i = 0; i < 20; i++)
                log.Write(line);
        }

        using var response = await api.Http.GetAsync("api/v1/studies/long/trials/0/log");
        var text = await response.Content.ReadAsStringAsync();
        Assert.InRange(text.Length, 15 << 20, (16 << 20) + 200);
        Assert.EndsWith("… the log is full: it holds 16777216 bytes at most.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Artifacts_are_listed_and_given_out_as_files_of_nobody_s_type()
    {
        var id = await TrialAsync("kept");
        Assert.Equal(0, (await api.GetAsync("studies/kept/trials/0/artifacts")).GetProperty("items").GetArrayLength());
        var folder = Files.ArtifactsOf(id, 0);
        await File.WriteAllTextAsync(Path.Combine(folder, "page ü.html"), "<script>alert(1)</script>");
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.bin"), new byte[3_000_000]);
        var list = await api.GetAsync("studies/kept/trials/0/artifacts");
        Assert.Equal([("a.bin", 3_000_000), ("page ü.html", 25)], list.GetProperty("items").EnumerateArray().Select(a => (a.GetProperty("name").GetString(), a.GetProperty("bytes").GetInt32())));
        Assert.Equal("a.bin", (await api.GetAsync("studies/kept/trials/0/artifacts?limit=1")).GetProperty("next").GetString());
        using var page = await api.Http.GetAsync($"api/v1/studies/kept/trials/0/artifacts/{Uri.EscapeDataString("page ü.html")}");
        Assert.Equal(("application/octet-stream", "attachment"), (page.Content.Headers.ContentType?.MediaType, page.Content.Headers.ContentDisposition?.DispositionType));
        Assert.Contains("sandbox", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(3_000_000, (await api.Http.GetByteArrayAsync("api/v1/studies/kept/trials/0/artifacts/a.bin")).Length);
        await api.SendAsync(HttpMethod.Delete, "studies/kept");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task An_artifact_that_looks_like_a_refusal_stays_what_it_is()
    {
        var id = await TrialAsync("refusing");
        byte[] content = [.. new byte[65_536], .. "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8];
        await File.WriteAllBytesAsync(Path.Combine(Files.ArtifactsOf(id, 0), "a"), content);
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync("127.0.0.1", api.Http.BaseAddress!.Port);
        await socket.GetStream().WriteAsync("GET /api/v1/studies/refusing/trials/0/artifacts/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var answer = new MemoryStream();
        await socket.GetStream().CopyToAsync(answer).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(content, answer.ToArray()[^content.Length..]);
        Assert.True(answer.ToArray().AsSpan()[..^content.Length].EndsWith("\r\n\r\n"u8));
    }

    [Theory]
    [InlineData("..%2Flog")]
    [InlineData("..%2F..%2F..%2F..%2Fhpo.db")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("..")]
    [InlineData("..%5Clog")]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("a%00b")]
    [InlineData("missing")]
    public async Task What_is_no_plain_file_of_the_trial_s_folder_is_not_given_out(string name)
    {
        var study = $"safe-{(uint)StringComparer.Ordinal.GetHashCode(name)}";
        var id = await TrialAsync(study);
        var folder = Files.ArtifactsOf(id, 0);
        using (var log = Files.AppendLog(id, 0))
            log.Write("secret");
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "/etc/passwd");
        Directory.CreateDirectory(Path.Combine(folder, "folder"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{api.Http.BaseAddress}api/v1/studies/{study}/trials/0/artifacts/{name}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var response = await api.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("root:", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.True((int)response.StatusCode is 404 or 400 or 405 || text.StartsWith("{\"number\":0", StringComparison.Ordinal), $"{response.StatusCode} {text}");
        Assert.Equal(0, (await api.GetAsync($"studies/{study}/trials/0/artifacts")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_pipe_among_the_artifacts_keeps_nobody_waiting()
    {
        var id = await TrialAsync("piped");
        using (var make = System.Diagnostics.Process.Start("mkfifo", Path.Combine(Files.ArtifactsOf(id, 0), "pipe")))
            await make.WaitForExitAsync();
        using var response = await api.Http.GetAsync("api/v1/studies/piped/trials/0/artifacts/pipe").WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<long> TrialAsync(string study)
    {
        var created = await api.CreateAsync(study);
        await api.PostAsync($"studies/{study}/suggest");
        return created.GetProperty("id").GetInt64();
    }
}
