using System.Net;
using System.Text.Json;

namespace HpoService.Api.Tests;

public class WalkTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task The_README_s_walk_creates_suggests_reports_and_completes()
    {
        await api.PostAsync("studies", """
            {"name": "walk",
             "objectives": [{"metric": "accuracy", "direction": "maximize"}],
             "parameters": [{"name": "learningRate", "type": "float", "low": 1e-4, "high": 0.1, "scale": "log"}],
             "budget": {"maxTrials": 20}}
            """);
        var trial = (await api.PostAsync("studies/walk/suggest")).GetProperty("trials")[0];
        var token = Token(trial);
        var answer = await api.PostAsync("studies/walk/trials/0/report", $$"""{"step": 1, "values": {"accuracy": 0.8}, "leaseToken": "{{token}}"}""");
        var complete = $$"""{"values": {"accuracy": 0.9}, "leaseToken": "{{token}}"}""";
        var done = await api.PostAsync("studies/walk/trials/0/complete", complete);
        await api.PostAsync("studies/walk/trials/0/complete", complete);
        var best = await api.GetAsync("studies/walk/best");

        Assert.False(answer.GetProperty("shouldStop").GetBoolean());
        Assert.Equal("completed", done.GetProperty("state").GetString());
        Assert.All([best, best.GetProperty("items")[0]], trial => Assert.Equal(0.9, trial.GetProperty("values").GetProperty("accuracy").GetDouble()));
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/walk/trials/0/complete", complete.Replace("0.9", "0.5", StringComparison.Ordinal));
        Assert.Equal((HttpStatusCode.Conflict, "/problems/illegal-move"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Concurrent_clients_never_pass_maxTrials_or_maxParallelTrials()
    {
        await api.CreateAsync("race", ""","budget":{"maxTrials":25,"maxParallelTrials":3}""");
        var most = 0;
        var running = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (client, _) =>
        {
            while (true)
            {
                var answer = await api.PostAsync("studies/race/suggest", $$"""{"count":2,"worker":"w{{client}}"}""");
                if (answer.GetProperty("studyState").GetString() != "active")
                    return;
                var trials = answer.GetProperty("trials").EnumerateArray().ToList();
                var now = Interlocked.Add(ref running, trials.Count);
                InterlockedMax(ref most, now);
                foreach (var trial in trials)
                {
                    Interlocked.Decrement(ref running);
                    await api.PostAsync($"studies/race/trials/{trial.GetProperty("number")}/complete", $$"""{"values":{"value":1},"leaseToken":"{{Token(trial)}}"}""");
                }
            }
        });

        var study = await api.GetAsync("studies/race");
        var trials = (await api.GetAsync("studies/race/trials?limit=1000")).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetInt32());
        Assert.Equal(("completed", "maxTrials"), (study.GetProperty("state").GetString(), study.GetProperty("completionReason").GetString()));
        Assert.Equal(Enumerable.Range(0, 25), trials);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_same_trials()
    {
        await api.CreateAsync("keyed");
        var first = await api.SendAsync(HttpMethod.Post, "studies/keyed/suggest", "{}", "key-1");
        var second = await api.SendAsync(HttpMethod.Post, "studies/keyed/suggest", "{}", "key-1");
        var other = await api.SendAsync(HttpMethod.Post, "studies/keyed/suggest", """{"count":2}""", "key-1");

        Assert.Equal(first.Body.ToString(), second.Body.ToString());
        Assert.Equal("/problems/idempotency-conflict", other.Body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_failed_attempt_is_retried_under_the_same_number_until_maxAttempts()
    {
        await api.CreateAsync("retry", ""","maxAttempts":2,"budget":{"maxTrials":1}""");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var trial = (await api.PostAsync("studies/retry/suggest")).GetProperty("trials")[0];
            Assert.Equal((0, attempt), (trial.GetProperty("number").GetInt32(), trial.GetProperty("attempt").GetInt32()));
            var fail = $$"""{"reason":"broke","leaseToken":"{{Token(trial)}}"}""";
            await api.PostAsync("studies/retry/trials/0/fail", fail);
            await api.PostAsync("studies/retry/trials/0/fail", fail);
        }

        Assert.Equal("failed", (await api.GetAsync("studies/retry/trials/0")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task NaN_makes_a_trial_infeasible()
    {
        await api.CreateAsync("nan");
        var trial = (await api.PostAsync("studies/nan/suggest")).GetProperty("trials")[0];
        var done = await api.PostAsync("studies/nan/trials/0/complete", $$"""{"values":{"value":"NaN"},"leaseToken":"{{Token(trial)}}"}""");
        Assert.Equal("infeasible", done.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("complete", """{"values":{"value":"NaN"},"leaseToken":"TOKEN"}""", 200)]
    [InlineData("complete", """{"values":{"value":"Infinity","loss":1},"leaseToken":"TOKEN"}""", 200)]
    [InlineData("infeasible", """{"reason":"diverged","leaseToken":"TOKEN"}""", 200)]
    [InlineData("complete", """{"values":{"value":1},"leaseToken":"TOKEN"}""", 409)]
    [InlineData("infeasible", """{"leaseToken":"another"}""", 409)]
    public async Task Who_reported_NaN_may_say_so_again_at_the_end_but_nothing_else(string call, string body, int status)
    {
        var study = $"nan-{call}-{status}-{body.Length}";
        await api.CreateAsync(study);
        var (_, token) = await api.TakeAsync(study);
        await api.PostAsync($"studies/{study}/trials/0/report", $$$"""{"step":1,"values":{"value":"NaN"},"leaseToken":"{{{token}}}"}""");
        var (actual, answer) = await api.SendAsync(HttpMethod.Post, $"studies/{study}/trials/0/{call}", body.Replace("TOKEN", token, StringComparison.Ordinal));
        Assert.Equal(status, (int)actual);
        Assert.Equal(status == 200 ? "infeasible" : "/problems/illegal-move", answer.GetProperty(status == 200 ? "state" : "type").GetString());
    }

    [Fact]
    public async Task A_study_is_paused_resumed_patched_canceled_and_deleted()
    {
        await api.CreateAsync("moves");
        await api.PostAsync("studies/moves/pause");
        Assert.Equal(0, (await api.PostAsync("studies/moves/suggest")).GetProperty("trials").GetArrayLength());
        await api.PostAsync("studies/moves/resume");
        var (_, patched) = await api.SendAsync(HttpMethod.Patch, "studies/moves", """{"description":"d","budget":{"maxTrials":9}}""");
        Assert.Equal(9, patched.GetProperty("budget").GetProperty("maxTrials").GetInt32());
        Assert.Equal("canceled", (await api.PostAsync("studies/moves/cancel")).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await api.SendAsync(HttpMethod.Post, "studies/moves/resume", "{}")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, "studies/moves")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "studies/moves")).Status);
    }

    [Fact]
    public async Task A_patch_sets_removes_and_leaves_bounds()
    {
        await api.PostAsync("studies", """{"name":"bounds","parameters":[{"name":"x","type":"float","low":0,"high":1}],"budget":{"maxTrials":5,"maxSeconds":9,"maxParallelTrials":3}}""");
        var (_, patched) = await api.SendAsync(HttpMethod.Patch, "studies/bounds", """{"budget":{"maxTrials":null,"maxTrialSeconds":7,"maxParallelTrials":null}}""");
        Assert.Equal("""{"maxParallelTrials":100,"maxSeconds":9,"maxTrialSeconds":7}""", patched.GetProperty("budget").GetRawText());
        var (status, _) = await api.SendAsync(HttpMethod.Patch, "studies/bounds", """{"budget":{"maxTrials":0}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
    }

    [Fact]
    public async Task Events_resume_after_the_last_id_without_a_gap()
    {
        await api.CreateAsync("events");
        await api.PostAsync("studies/events/suggest");
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/studies/events/events");
        request.Headers.Add("Last-Event-ID", "1");
        using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: trial", await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("\"number\":0", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_are_there()
    {
        Assert.Equal(HttpStatusCode.OK, (await api.Http.GetAsync("/swagger/index.html")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Http.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Http.GetAsync("/health/ready")).StatusCode);
    }

    private static string Token(JsonElement trial) => trial.GetProperty("lease").GetProperty("token").GetString()!;

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
