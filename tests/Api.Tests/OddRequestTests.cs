using System.Text;
using System.Text.Json;

namespace HpoService.Api.Tests;

/// <summary>Requests that no decent client sends: each gets a problem document that names the field, never a 500.</summary>
public sealed class OddRequestTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Study = """{"name":"odd","parameters":[{"name":"x","type":"float","low":0,"high":1}]""";

    [Theory]
    [InlineData("null", 400, "malformed-request")]
    [InlineData("[]", 400, "malformed-request")]
    [InlineData("", 400, "malformed-request")]
    [InlineData("""{"name":"odd","parameters":[null]}""", 400, "malformed-request")]
    [InlineData(Study + ""","objectives":[null]}""", 400, "malformed-request")]
    [InlineData(Study + ""","initialTrials":[null]}""", 400, "malformed-request")]
    [InlineData(Study + ""","labels":{"a":null}}""", 400, "malformed-request")]
    [InlineData(Study + ""","description":"\ud800"}""", 400, "malformed-request")]
    [InlineData(Study + ""","name":"twice"}""", 400, "malformed-request")]
    [InlineData("""{"name":"odd","parameters":[{"name":"x","type":"float","low":0,"high":1},{"name":"y","type":"boolean","when":{"parameter":"x","atLeast":1e999}}]}""", 422, "invalid-search-space")]
    [InlineData("""{"name":"odd","parameters":[{"name":"x","type":"float","low":0,"high":1e999}]}""", 422, "invalid-search-space")]
    [InlineData("""{"name":"-5","parameters":[{"name":"x","type":"boolean"}]}""", 201, null)]
    [InlineData("""{"name":"..","parameters":[{"name":"x","type":"boolean"}]}""", 422, "invalid-study")]
    public async Task A_study(string body, int status, string? type)
    {
        var (actual, answer) = await api.SendAsync(HttpMethod.Post, "studies", body);
        Assert.Equal(status, (int)actual);
        if (type is not null)
            Assert.Equal($"/problems/{type}", answer.GetProperty("type").GetString());
        else
            Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, $"studies/{answer.GetProperty("name").GetString()}")).Status);
    }

    [Theory]
    [InlineData("studies?limit=0", 422)]
    [InlineData("studies?limit=-1", 422)]
    [InlineData("studies?limit=abc", 400)]
    [InlineData("studies?limit=99999999999", 400)]
    [InlineData("studies?after=-1", 200)]
    [InlineData("studies?state=99", 400)]
    [InlineData("studies?state=active,paused", 400)]
    [InlineData("studies?state=Active", 200)]
    [InlineData("studies/1/trials?state=queued,running", 400)]
    [InlineData("studies/%201", 404)]
    [InlineData("studies/+1", 404)]
    [InlineData("studies/1/trials/-1", 404)]
    [InlineData("studies/1/trials/99999999999", 404)]
    [InlineData("nothing", 404)]
    public async Task A_path(string path, int status)
    {
        await api.CreateAsync($"path-{Convert.ToHexString(Encoding.UTF8.GetBytes(path))}");
        using var response = await api.Http.GetAsync(path.StartsWith('/') ? path : $"api/v1/{path}");
        Assert.Equal(status, (int)response.StatusCode);
        await AssertIsProblemAsync(response);
    }

    [Theory]
    [InlineData("PUT", "studies", "application/json", 405)]
    [InlineData("POST", "studies", "text/plain", 415)]
    [InlineData("POST", "studies", "application/json; charset=bogus", 415)]
    public async Task A_method_or_a_type(string method, string path, string type, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"api/v1/{path}") { Content = new StringContent("{}") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await api.Http.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        await AssertIsProblemAsync(response);
    }

    [Theory, InlineData("Idempotency-Key"), InlineData("If-Match"), InlineData("Authorization"), InlineData("X-Other"), InlineData("Host")]
    public async Task A_header_that_is_no_UTF_8(string header)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync("127.0.0.1", api.Http.BaseAddress!.Port);
        var host = header == "Host" ? "" : "Host: localhost\r\n";
        await socket.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes($"GET /api/v1/studies HTTP/1.1\r\n{host}Connection: close\r\n{header}: a"), 0xFF, 0xFE, .. "\r\n\r\n"u8]);
        using var reader = new StreamReader(socket.GetStream());
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains(header == "Host" ? "one Host that is text" : $"but got other bytes in {header}", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_in_another_script_comes_through_as_it_is()
    {
        await api.CreateAsync("script");
        var first = await KeyedAsync("ключ 例 🙂");
        Assert.Equal(first, await KeyedAsync("ключ 例 🙂"));
        Assert.NotEqual(first, await KeyedAsync("ключ 例 🙃"));

        async Task<string> KeyedAsync(string key)
        {
            var body = "{}";
            using var socket = new System.Net.Sockets.TcpClient();
            await socket.ConnectAsync("127.0.0.1", api.Http.BaseAddress!.Port);
            await socket.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
                $"POST /api/v1/studies/script/suggest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nIdempotency-Key: {key}\r\n\r\n{body}"));
            using var reader = new StreamReader(socket.GetStream());
            var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
            return answer[answer.IndexOf("\"token\"", StringComparison.Ordinal)..];
        }
    }

    [Fact]
    public async Task A_body_over_the_limit()
    {
        using var content = new ByteArrayContent(new byte[31_000_000]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/studies") { Content = content };
        request.Headers.ExpectContinue = true; // the answer comes before the body is sent
        using var response = await api.Http.SendAsync(request);
        Assert.Equal(413, (int)response.StatusCode);
        await AssertIsProblemAsync(response);
    }

    [Fact]
    public async Task Strings_and_lists_without_measure()
    {
        await api.CreateAsync("measure");
        var trial = (await api.PostAsync("studies/measure/suggest")).GetProperty("trials")[0];
        var token = trial.GetProperty("lease").GetProperty("token").GetString();
        var (long_, many) = (new string('a', 100_000), string.Join(",", Enumerable.Range(0, 2000).Select(i => $"\"m{i}\":1")));
        await RefusedAsync(HttpMethod.Post, "studies", $$"""{{Study}},"description":"{{long_}}"}""", "/description");
        await RefusedAsync(HttpMethod.Post, "studies", $$$"""{{{Study}}},"labels":{"{{{long_}}}":"b"}}""", "/labels");
        await RefusedAsync(HttpMethod.Patch, "studies/measure", $$$"""{"labels":{"a":"{{{long_}}}"}}""", "/labels/a");
        await RefusedAsync(HttpMethod.Post, "studies/measure/suggest", $$"""{"worker":"{{long_}}"}""", "/worker");
        await RefusedAsync(HttpMethod.Post, "studies/measure/enqueue", $$"""{"trials":[{{string.Join(",", Enumerable.Repeat("{}", 1001))}}]}""", "/trials");
        await RefusedAsync(HttpMethod.Post, "studies/measure/trials/0/report", $$$"""{"step":1,"values":{{{{many}}}},"leaseToken":"{{{token}}}"}""", "/values");
        await RefusedAsync(HttpMethod.Post, "studies/measure/trials/0/complete", $$$"""{"values":{"value":1,"{{{long_}}}":1},"leaseToken":"{{{token}}}"}""", "/values");
        await RefusedAsync(HttpMethod.Post, "studies/measure/trials/0/fail", $$"""{"reason":"{{long_}}","leaseToken":"{{token}}"}""", "/reason");
        await RefusedAsync(HttpMethod.Patch, "studies/measure/trials/0", $$$"""{"userAttributes":{"a":"{{{long_}}}"}}""", "/userAttributes");
        await RefusedAsync(HttpMethod.Patch, "studies/measure/trials/0", """{"userAttributes":[]}""", "/userAttributes");
        Assert.Equal(400, (int)(await api.SendAsync(HttpMethod.Patch, "studies/measure/trials/0", """{"userAttributes":{"a":{"b":1,"b":2}}}""")).Status);
        Assert.Equal("running", (await api.GetAsync("studies/measure/trials/0")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task However_much_is_wrong_the_answer_is_not_larger_than_the_request()
    {
        var (many, text) = (string.Join(",", Enumerable.Range(0, 50).Select(i => $$"""{"name":"p{{i}}","type":"float","low":0,"high":1}""")), new string('a', 2_000_000));
        await api.PostAsync("studies", $$"""{"name":"much","parameters":[{{many}}]}""");
        await BoundedAsync(HttpMethod.Post, "studies/much/import", $$$"""{"trials":[{{{string.Join(",", Enumerable.Repeat("""{"parameters":{}}""", 1000))}}}]}""", "/trials/0/parameters/p0");
        await BoundedAsync(HttpMethod.Post, "studies/much/enqueue", $$$"""{"trials":[{"{{{text}}}/~":1}]}""", "/trials/0/aaa");
        await BoundedAsync(HttpMethod.Post, "studies", $$"""{"name":"{{text}}","parameters":[{"name":"x","type":"boolean"}]}""", "/name");
        await BoundedAsync(HttpMethod.Post, "studies", $$"""{"{{text}}":1}""", "/aaa");

        async Task BoundedAsync(HttpMethod method, string path, string body, string pointer)
        {
            var (status, problem) = await api.SendAsync(method, path, body);
            Assert.InRange((int)status, 400, 422);
            Assert.StartsWith(pointer, problem.GetProperty("pointer").GetString(), StringComparison.Ordinal);
            Assert.InRange(problem.GetRawText().Length, 1, 300_000);
        }
    }

    [Theory]
    [InlineData("""{"trials":[{"a/b~c":1}]}""", "/trials/0/a~1b~0c")]
    [InlineData("""{"trials":[{"x":0.5},{"a.b":1}]}""", "/trials/1/a.b")]
    [InlineData("""{"un.known/~":1,"trials":[]}""", "/un.known~1~0")]
    [InlineData("""{"trials":[{"x":0.5},{"x":[1]}]}""", "/trials/1")]
    public async Task Names_in_pointers_are_escaped(string body, string pointer)
    {
        var study = $"pointer-{body.Length}-{pointer.Length}";
        await api.CreateAsync(study);
        var (_, problem) = await api.SendAsync(HttpMethod.Post, $"studies/{study}/enqueue", body);
        Assert.StartsWith(pointer, problem.GetProperty("pointer").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Free_JSON_that_could_not_be_written_again_is_refused_and_what_is_taken_breaks_no_list()
    {
        await api.CreateAsync("free");
        var trial = await api.TakeAsync("free");
        foreach (var json in new[] { """{"a":"\ud800"}""", """{"a":{"b":["\udc00"]}}""", Nested(60), Nested(40) })
        {
            await MalformedAsync(HttpMethod.Patch, "studies/free/trials/0", $$"""{"userAttributes":{{json}}}""");
            await MalformedAsync(HttpMethod.Post, "studies/free/import", $$$"""{"trials":[{"parameters":{"x":0.5},"values":{"value":1},"userAttributes":{{{json}}}}]}""");
            await MalformedAsync(HttpMethod.Post, "studies", $$$"""{{{Study}}},"runner":{"kind":"external","settings":{{{json}}}}}""");
        }

        await api.SendAsync(HttpMethod.Patch, "studies/free/trials/0", $$"""{"userAttributes":{{Nested(30)}}}""");
        await api.CompleteAsync("free", trial, """{"value":1}""");
        foreach (var path in new[] { "studies", "studies/free", "studies/free/best", "studies/free/trials", "studies/free/trials?fields=userAttributes", "studies/free/export?format=json" })
            Assert.Contains("[[[[", (await api.GetAsync(path)).ToString(), StringComparison.Ordinal);

        static string Nested(int depth) => $$"""{"a":{{new string('[', depth)}}{{new string(']', depth)}}}""";
    }

    [Fact]
    public async Task Unicode_names_of_parameters_and_metrics_come_back_as_they_are()
    {
        await api.PostAsync("studies", """{"name":"unicode","description":"пример 例 🙂","objectives":[{"metric":"точность/~"}],"parameters":[{"name":"λ 🙂","type":"categorical","choices":["да","нет\u0000"]}]}""");
        var trial = (await api.PostAsync("studies/unicode/suggest")).GetProperty("trials")[0];
        Assert.True(trial.GetProperty("parameters").TryGetProperty("λ 🙂", out _));
        var done = await api.PostAsync("studies/unicode/trials/0/complete", $$$"""{"values":{"точность/~":1},"leaseToken":"{{{trial.GetProperty("lease").GetProperty("token").GetString()}}}"}""");
        Assert.Equal(1, done.GetProperty("values").GetProperty("точность/~").GetDouble());
        Assert.Equal("пример 例 🙂", (await api.GetAsync("studies/unicode")).GetProperty("description").GetString());
    }

    [Fact]
    public async Task A_query_finds_wildcards_as_they_are_written()
    {
        await api.CreateAsync("wild_card");
        await api.CreateAsync("wildXcard");
        var found = (await api.GetAsync("studies?query=d_c")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("name").GetString());
        Assert.Equal(["wild_card"], found);
        Assert.Equal(0, (await api.GetAsync("studies?query=%25")).GetProperty("items").GetArrayLength());
    }

    private async Task MalformedAsync(HttpMethod method, string path, string body)
    {
        var (status, problem) = await api.SendAsync(method, path, body);
        Assert.Equal((400, "/problems/malformed-request"), ((int)status, problem.GetProperty("type").GetString()));
    }

    private async Task RefusedAsync(HttpMethod method, string path, string body, string pointer)
    {
        var (status, problem) = await api.SendAsync(method, path, body);
        Assert.Equal((422, pointer), ((int)status, problem.TryGetProperty("pointer", out var at) ? at.GetString() : problem.ToString()));
        Assert.InRange(problem.ToString().Length, 1, 2000);
    }

    private async Task AssertIsProblemAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
            return;
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var type = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("type").GetString()!;
        Assert.StartsWith("/problems/", type, StringComparison.Ordinal);
        Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, type)).Status);
    }
}
