using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace HpoService.Api.Tests.Fuzzing;

/// <summary>Requests that the OpenAPI document inspires, seeded: 1,000 here, as many as HPO_FUZZ_REQUESTS says at night (20,000), from HPO_FUZZ_SEED on.</summary>
public class FuzzTests(ApiHost api, ITestOutputHelper output) : IClassFixture<ApiHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string[] Leaks = ["System.", "HpoService.", "Microsoft.", "   at ", "SQLite", "Npgsql", "PostgreSQL", "SELECT ", ".cs:line", "StackTrace"];

    [Fact]
    public async Task No_request_meets_a_bug_hangs_or_gets_what_is_no_problem_document()
    {
        var requests = Setting("HPO_FUZZ_REQUESTS", 1000);
        var document = new FuzzDocument((await api.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body);
        var fuzzer = new Fuzzer(document, Setting("HPO_FUZZ_SEED", 7));
        for (var i = 0; i < 4; i++)
            await api.CreateAsync($"fuzz-{i}");
        var (statuses, called) = (new SortedDictionary<int, int>(), new HashSet<string>());
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        output.WriteLine($"{memory >> 20} MiB before");
        for (var i = 0; i < requests; i++)
        {
            var (call, request, text) = fuzzer.Next();
            var started = TimeProvider.System.GetTimestamp();
            using (request)
            using (var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience))
            {
                called.Add($"{call.Method} {call.Path}");
                var status = (int)response.StatusCode;
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (status >= 500)
                    Assert.Fail($"Request {i}: {text}\n{status} {await response.Content.ReadAsStringAsync()}");
                if (call.IsStream && status == 200)
                    continue; // it goes on for ever, as it should
                var body = await response.Content.ReadAsStringAsync().WaitAsync(Patience);
                // What is no HTTP at all, such as a zero byte in a path, the server refuses before anybody of ours sees it.
                if (status >= 400 && !(status == 400 && body.Length == 0 && text.Contains("%00", StringComparison.Ordinal)))
                    AssertIsProblem(status, body, response.Content.Headers.ContentType?.MediaType, $"Request {i}: {text}");
            }

            if (TimeProvider.System.GetElapsedTime(started) is var took && took.TotalSeconds > 1)
                output.WriteLine($"{took.TotalSeconds:F1} s: {text}");
            if (i == requests / 2)
                memory = GC.GetTotalMemory(forceFullCollection: true);
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        output.WriteLine($"{memory >> 20} MiB half way, {after >> 20} MiB after {requests} requests: {string.Join(", ", statuses.Select(s => $"{s.Value} x {s.Key}"))}");
        Assert.True(after < memory + 100_000_000, "Memory grew by more than 100 MB in the second half.");
        // A fuzzer that only ever fails, or calls only some, tests little.
        Assert.InRange(statuses.Where(s => s.Key < 300).Sum(s => s.Value), requests / 10, requests);
        Assert.Equal(document.Calls.Count, called.Count);
    }

    private void AssertIsProblem(int status, string body, string? mediaType, string request)
    {
        Assert.True(mediaType == "application/problem+json", $"{request}\n{status} {mediaType} {body}");
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.True(problem.GetProperty("status").GetInt32() == status, request);
        Assert.StartsWith("/problems/", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.True(body.Length < 100_000, $"{request}\n{body.Length} characters");
        foreach (var leak in Leaks.Append(api.Folder))
            Assert.False(body.Contains(leak, StringComparison.Ordinal) && !request.Contains(leak, StringComparison.Ordinal), $"{request}\n{body}");
    }

    private static int Setting(string name, int other) => Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : other;
}
