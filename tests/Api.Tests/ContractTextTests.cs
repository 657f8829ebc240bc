using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HpoService.Api.Tests;

/// <summary>The contract's text, read as somebody reads it who has nothing else.</summary>
public sealed partial class ContractTextTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly string[] OfStudy =
    [
        "id", "name", "description", "labels", "state", "completionReason", "createdAt", "updatedAt", "completedAt", "objectives", "constraints", "parameters", "sampler", "pruner",
        "budget", "runner", "trialCounts", "best", "version",
    ];

    private static readonly string[] OfTrial =
    [
        "number", "state", "parameters", "attempt", "worker", "measurements", "values", "error", "suggestedBy", "createdAt", "startedAt", "completedAt", "userAttributes",
    ];

    [Fact]
    public async Task Every_field_is_there_also_when_it_is_null_and_times_are_of_one_length()
    {
        var study = await api.PostAsync("studies", """{"name":"fields","parameters":[{"name":"x","type":"float","low":0,"high":1}]}""");
        var queued = (await api.PostAsync("studies/fields/enqueue", """{"trials":[{}]}""")).GetProperty("items")[0];
        var running = (await api.PostAsync("studies/fields/suggest")).GetProperty("trials")[0];
        Assert.All(OfStudy, name => Assert.True(study.TryGetProperty(name, out _), name));
        Assert.All(OfTrial, name => Assert.True(queued.TryGetProperty(name, out _) && running.TryGetProperty(name, out _), name));
        Assert.False(queued.TryGetProperty("lease", out _)); // only to the one who took it
        Assert.All(
            new[] { study.GetProperty("createdAt"), running.GetProperty("startedAt"), running.GetProperty("lease").GetProperty("expiresAt") },
            time => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", time.GetString()));
        await api.PostAsync("studies/fields/trials/0/cancel");
        var stop = await api.PostAsync("studies/fields/trials/0/heartbeat", $$"""{"leaseToken":"{{running.GetProperty("lease").GetProperty("token").GetString()}}"}""");
        Assert.Equal(JsonValueKind.Null, stop.GetProperty("leaseExpiresAt").ValueKind);
    }

    [Theory]
    [InlineData("text/event-stream", "studies/nobody/events", 404)]
    [InlineData("text/html", "studies/nobody", 404)]
    [InlineData("text/csv", "studies/nobody/export", 404)]
    [InlineData("image/png", "nothing", 404)]
    [InlineData("application/xml", "studies?limit=0", 422)]
    [InlineData("text/event-stream", "studies/nobody/suggest", 405)]
    public async Task Whatever_is_accepted_an_error_is_a_problem_document(string accept, string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/{path}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await api.Http.SendAsync(request);
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("but got", Json(await response.Content.ReadAsStringAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "studies?limit=abc", null, 400, "/limit", "limit must be a whole number in range, but got 'abc'.")]
    [InlineData("GET", "studies?limit=1&limit=2", null, 400, "/limit", "limit must be a whole number in range, but got '1,2'.")]
    [InlineData("GET", "studies?after=99999999999999999999", null, 400, "/after", "after must be a whole number in range, but got '99999999999999999999'.")]
    [InlineData("GET", "studies?state=99", null, 400, "/state", "state must be one of active, paused, completed, canceled, failed, but got '99'.")]
    [InlineData("GET", "studies/1/contour?x=x", null, 400, "/y", "y must be given, but got nothing.")]
    [InlineData("POST", "studies", "", 400, "", "the body must be a JSON object, but got nothing.")]
    [InlineData("POST", "studies", "null", 400, "", "the body must be a JSON object, but got nothing.")]
    [InlineData("POST", "studies", "{}", 400, "/name", "name must be given, but got nothing.")]
    [InlineData("POST", "studies/1/trials/0/report", "{}", 400, "/step", "step must be given, but got nothing. values must be given, but got nothing. leaseToken must be given, but got nothing.")]
    [InlineData("POST", "studies", """{"name":"a","objectives":[{}]}""", 400, "/objectives/0/metric", "metric must be given, but got nothing.")]
    [InlineData("GET", "nothing", null, 404, null, "the path must be one of the service's, but got '/api/v1/nothing'.")]
    [InlineData("GET", "studies/1/trials/99999999999", null, 404, null, "the trial must exist, but got '99999999999'.")]
    [InlineData("POST", "studies/1/trials/abc/complete", "{}", 404, null, "the trial must exist, but got 'abc'.")]
    public async Task A_mistake_is_told_by_its_field_and_in_no_words_of_NET(string method, string path, string? body, int status, string? pointer, string detail)
    {
        var (actual, problem) = await api.SendAsync(new HttpMethod(method), path, body);
        Assert.Equal((status, detail), ((int)actual, problem.GetProperty("detail").GetString()));
        Assert.Equal(pointer, problem.TryGetProperty("pointer", out var at) ? at.GetString() : null);
        Assert.Equal(status == 400, problem.TryGetProperty("errors", out _));
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", null, 201)]
    [InlineData("application/json", "identity", 201)]
    [InlineData("application/json", "gzip", 415)]
    [InlineData("", null, 415)]
    [InlineData("text/plain", null, 415)]
    public async Task Bodies_are_JSON_as_it_is(string type, string? coding, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/studies") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"name":"body-{{type.Length}}-{{coding}}","parameters":[{"name":"x","type":"boolean"}]}""")) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (coding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        using var response = await api.Http.SendAsync(request);
        var answer = Json(await response.Content.ReadAsStringAsync());
        Assert.True(status == (int)response.StatusCode, answer.ToString());
        if (status == 415)
            Assert.Matches("^Content-(Type|Encoding) must be .*, but got ", answer.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_query_with_empty_fields_is_one_without_them()
    {
        await api.CreateAsync("empty");
        Assert.True((await api.GetAsync("studies?state=&label=&query=&after=&limit=")).GetProperty("items").GetArrayLength() > 0);
        Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, "studies/empty/trials?state=&after=&limit=&sort=&fields=&since=")).Status);
        Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, "studies?query=a=&label=a=")).Status);
    }

    [Theory, InlineData("api/v1/studies"), InlineData("api/v1/studies/nobody"), InlineData("health/live"), InlineData("api/v1/studies?limit=0")]
    public async Task HEAD_is_GET_without_the_body(string path)
    {
        using var get = await api.Http.GetAsync(path);
        using var head = await api.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory, InlineData("events"), InlineData("events/"), InlineData("studies/nobody/events"), InlineData("studies/nobody/events/")]
    public async Task HEAD_of_a_stream_is_405_as_it_would_have_no_end(string path) =>
        Assert.Equal(405, (int)(await api.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"api/v1/{path}")).WaitAsync(TimeSpan.FromSeconds(20))).StatusCode);

    [Theory]
    [InlineData("\"1\"", 200)]
    [InlineData("\"7\", \"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData("\"7\",\"8\"", 412)]
    [InlineData("W/\"1\"", 412)]
    [InlineData("", 412)]
    public async Task If_Match_takes_a_list_and_compares_strongly(string ifMatch, int status)
    {
        var name = $"match-{Convert.ToHexString(Encoding.UTF8.GetBytes(ifMatch))}";
        await api.CreateAsync(name);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"api/v1/studies/{name}") { Content = new StringContent("""{"description":"a"}""", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        Assert.Equal(status, (int)(await api.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Suggest_needs_no_body_and_a_cancel_that_names_a_lease_must_hold_it()
    {
        await api.CreateAsync("bare");
        var (status, answer) = await api.SendAsync(HttpMethod.Post, "studies/bare/suggest");
        Assert.Equal((200, 1), ((int)status, answer.GetProperty("trials").GetArrayLength()));
        Assert.Equal(409, await CancelAsync("""{"leaseToken":"another"}"""));
        Assert.Equal(200, await CancelAsync($$"""{"reason":"late","leaseToken":"{{answer.GetProperty("trials")[0].GetProperty("lease").GetProperty("token").GetString()}}"}"""));
        Assert.Equal(200, await CancelAsync("""{"reason":"late"}"""));
        Assert.Equal(200, await CancelAsync("{}"));
        Assert.Equal(409, await CancelAsync("""{"reason":"another"}""")); // a different message for a final trial

        async Task<int> CancelAsync(string body) => (int)(await api.SendAsync(HttpMethod.Post, "studies/bare/trials/0/cancel", body)).Status;
    }

    [Theory]
    [InlineData("GET /api/v1/studies/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: \u00ff\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/9.9\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("POST /api/v1/studies HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400)]
    public async Task What_is_no_HTTP_gets_a_problem_document_too(string request, int status)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", api.Http.BaseAddress!.Port);
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        var last = answer[answer.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal)..].Split("\r\n\r\n", 2);
        Assert.StartsWith($"HTTP/1.1 {status} ", last[0], StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", last[0], StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.GetByteCount(last[1]), int.Parse(ContentLength().Match(last[0]).Groups[1].ValueSpan));
        Assert.Equal(status, Json(last[1]).GetProperty("status").GetInt32());
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    [GeneratedRegex(@"Content-Length: (\d+)")]
    private static partial Regex ContentLength();
}
