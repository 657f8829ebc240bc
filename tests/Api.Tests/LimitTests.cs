using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Data.Sqlite;

namespace HpoService.Api.Tests;

/// <summary>A service with little of everything.</summary>
public sealed class NarrowHost : ApiHost
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Limits:BodyBytes"] = "2000", ["Limits:RequestSeconds"] = "3", ["Limits:RequestsPerSecond"] = "20",
    };

    protected override TimeSpan? Patience => TimeSpan.FromSeconds(1);

    protected override void Extend(WebApplication app)
    {
        app.MapGet("/slow", (CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromSeconds(30), cancellationToken));
        app.Use((context, next) =>
        {
            if (context.Request.Headers.ContainsKey("X-Hurry"))
                context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = new(1e6, TimeSpan.FromSeconds(1.1));
            return next(context);
        });
    }
}

/// <summary>How much, how long, how often; and what browsers are told.</summary>
public sealed class LimitTests(NarrowHost api) : IClassFixture<NarrowHost>
{
    [Fact]
    public async Task A_body_over_the_limit_is_413_too_large()
    {
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", $$"""{"name":"large","description":"{{new string('a', 3000)}}"}""");
        Assert.Equal((413, "/problems/too-large"), ((int)status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_408_too_slow()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, api.Http.BaseAddress!.Port);
        await connection.GetStream().WriteAsync("POST /api/v1/studies HTTP/1.1\r\nHost: localhost\r\nX-Hurry: yes\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        var answer = await new StreamReader(connection.GetStream()).ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"/problems/too-slow\"", answer, StringComparison.Ordinal);
        Assert.Contains("but got it slower", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_503_busy_with_Retry_After()
    {
        using var response = await api.Http.GetAsync("/slow").WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/busy"), (response.StatusCode, await TypeAsync(response)));
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_database_that_another_process_holds_is_503_busy_and_nothing_was_written()
    {
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(api.Folder, "hpo.db")}"))
        {
            await other.OpenAsync();
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            using var response = await api.SendAsync(HttpMethod.Post, "studies", """{"name":"held","parameters":[{"name":"x","type":"boolean"}]}""", []);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "/problems/busy"), (response.StatusCode, await TypeAsync(response)));
            Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.SendAsync(HttpMethod.Get, "/health/ready")).Status);
            command.CommandText = "ROLLBACK";
            await command.ExecuteNonQueryAsync();
        }

        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "studies/held")).Status);
        while ((await api.SendAsync(HttpMethod.Get, "/health/ready")).Status != HttpStatusCode.OK)
            await Task.Delay(50);
    }

    [Theory]
    [InlineData("evil.example:80", null, "GET", 401)]
    [InlineData("localhost:8080", null, "GET", 200)]
    [InlineData("127.0.0.1:8080", null, "GET", 200)]
    [InlineData("[::1]:8080", null, "GET", 200)]
    [InlineData("localhost:8080", "https://evil.example", "POST", 401)]
    [InlineData("localhost:8080", "null", "POST", 401)]
    [InlineData("localhost:8080", "http://localhost:8080", "POST", 404)]
    public async Task Without_keys_a_page_of_another_site_is_no_caller_from_this_machine(string host, string? origin, string method, int status)
    {
        (string, string)[] headers = [("Host", host), .. origin is null ? [] : new[] { ("Origin", origin) }];
        using var response = await api.SendAsync(new HttpMethod(method), method == "GET" ? "workers" : "workers/none/drain", null, headers);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Without_keys_a_proxy_on_this_machine_is_no_caller_from_it()
    {
        using var response = await api.SendAsync(HttpMethod.Get, "studies", null, ("X-Forwarded-For", "203.0.113.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/", "script-src 'self';")]
    [InlineData("/api/v1/studies", "sandbox")]
    [InlineData("/api/v1/studies/none", "sandbox")]
    [InlineData("/swagger/index.html", "frame-ancestors 'none'")]
    public async Task Browsers_are_told_to_be_careful_also_with_errors(string path, string policy)
    {
        using var response = await api.Http.GetAsync(path);
        Assert.Contains(policy, response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], response.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["no-referrer"], response.Headers.GetValues("Referrer-Policy"));
        Assert.False(response.Headers.Contains("Server"));
    }

    private static async Task<string?> TypeAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString();
}

/// <summary>A service that says yes to whoever reaches it, as in a container whose port is published on this machine alone.</summary>
public sealed class OpenHost : ApiHost
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Auth:AllowAnonymous"] = "true" };
}

public sealed class OpenTests(OpenHost api) : IClassFixture<OpenHost>
{
    [Theory]
    [InlineData("cross-site", null, "POST", 401)]
    [InlineData("cross-site", null, "GET", 200)]
    [InlineData("same-site", "http://other.example", "POST", 401)]
    [InlineData("same-origin", "https://other.example", "POST", 404)]
    [InlineData(null, null, "POST", 404)]
    [InlineData(null, "http://other.example", "POST", 401)]
    [InlineData(null, "http://nothpo.example", "POST", 401)]
    [InlineData(null, "null", "POST", 401)]
    [InlineData(null, "http://other.example", "GET", 200)]
    [InlineData(null, "http://hpo.example", "POST", 404)]
    [InlineData(null, "https://outside.example", "POST", 404)]
    public async Task A_page_of_another_site_changes_nothing(string? site, string? origin, string method, int status)
    {
        (string, string)[] headers =
        [
            ("Host", "hpo.example"), ("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-Host", "outside.example"), .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) },
            .. origin is null ? [] : new[] { ("Origin", origin) },
        ];
        using var response = await api.SendAsync(new HttpMethod(method), method == "GET" ? "workers" : "workers/none/drain", null, headers);
        Assert.Equal(status, (int)response.StatusCode);
    }
}
