using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpoService.Api.Tests;

/// <summary>Import, clone, idempotency keys.</summary>
public sealed class TransferTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly string[] Own = ["number"];

    [Fact]
    public async Task What_one_study_lists_another_one_imports_and_lists_alike()
    {
        await api.CreateAsync("source", ""","constraints":[{"metric":"size","upperBound":3}]""");
        var first = await api.TakeAsync("source");
        await api.PostAsync($"studies/source/trials/0/report", $$$"""{"step":1,"values":{"value":"NaN","size":2},"leaseToken":"{{{first.Token}}}"}""");
        await api.RunAsync("source", """{"value":2,"size":1}""");
        await api.RunAsync("source", """{"value":1,"size":4}""");
        await api.SendAsync(HttpMethod.Patch, "studies/source/trials/1", """{"userAttributes":{"note":"good"}}""");
        var (number, token) = await api.TakeAsync("source");
        await api.PostAsync($"studies/source/trials/{number}/prune", $$"""{"leaseToken":"{{token}}","reason":"slow"}""");
        await api.PostAsync("studies/source/clone", """{"name":"target","labels":{"from":"source"}}""");
        var listed = (await api.GetAsync("studies/source/trials")).GetProperty("items");
        var imported = await api.PostAsync("studies/target/import", $$"""{"trials":{{listed}}}""");
        Assert.Equal(Comparable(listed), Comparable((await api.GetAsync("studies/target/trials")).GetProperty("items")));
        Assert.Equal([0, 1, 2, 3], imported.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetInt32()));
        var study = await api.GetAsync("studies/target");
        Assert.Equal((1, 2, 1), (study.GetProperty("best").GetProperty("number").GetInt32(), study.GetProperty("trialCounts").GetProperty("completed").GetInt32(), study.GetProperty("trialCounts").GetProperty("pruned").GetInt32()));
        Assert.Equal(4, (await api.TakeAsync("target")).Number);
    }

    [Theory]
    [InlineData("""{"parameters":{"x":0.5}}""", "invalid-values", "/trials/1/values")]
    [InlineData("""{"parameters":{"x":2},"values":{"value":1}}""", "invalid-parameter-values", "/trials/1/parameters/x")]
    [InlineData("""{"parameters":{},"values":{"value":1}}""", "invalid-parameter-values", "/trials/1/parameters/x")]
    [InlineData("""{"parameters":{"x":0.5},"state":"running"}""", "invalid-values", "/trials/1/state")]
    [InlineData("""{"parameters":{"x":0.5},"values":{"value":1},"measurements":[{"step":-1,"values":{"value":1}}]}""", "invalid-values", "/trials/1/measurements")]
    [InlineData("""{"parameters":{"x":0.5},"values":{"value":1},"measurements":[{"step":1,"values":{"value":1}},{"step":1,"values":{"value":2}}]}""", "invalid-values", "/trials/1/measurements")]
    [InlineData("""{"parameters":{"x":0.5},"values":{"value":1},"attempt":-1}""", "invalid-values", "/trials/1/attempt")]
    [InlineData("""{"parameters":{"x":0.5},"values":{"value":1},"worker":""}""", "invalid-values", "/trials/1/worker")]
    [InlineData("""{"parameters":{"x":0.5},"values":{"value":1},"userAttributes":3}""", "invalid-values", "/trials/1/userAttributes")]
    public async Task One_bad_trial_and_none_is_imported(string trial, string type, string pointer)
    {
        var name = $"bad-import-{(uint)StringComparer.Ordinal.GetHashCode(trial)}";
        await api.CreateAsync(name);
        var (status, problem) = await api.SendAsync(HttpMethod.Post, $"studies/{name}/import", $$$"""{"trials":[{"parameters":{"x":0.5},"values":{"value":1}},{{{trial}}}]}""");
        Assert.Equal((422, $"/problems/{type}", pointer), ((int)status, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString()));
        Assert.Equal(0, (await api.GetAsync($"studies/{name}/trials")).GetProperty("items").GetArrayLength());
    }

    [Theory, InlineData("\"NaN\""), InlineData("\"-Infinity\"")]
    public async Task What_came_to_no_number_elsewhere_is_infeasible_here_too(string value)
    {
        var name = $"import-{value.Length}";
        await api.CreateAsync(name);
        await api.PostAsync($"studies/{name}/import", $$$"""{"trials":[{"parameters":{"x":0.5},"values":{"value":{{{value}}}}}]}""");
        var trial = await api.GetAsync($"studies/{name}/trials/0");
        Assert.Equal("infeasible", trial.GetProperty("state").GetString());
        Assert.StartsWith("value must be finite, but got", trial.GetProperty("error").GetString(), StringComparison.Ordinal);
        var study = await api.GetAsync($"studies/{name}");
        Assert.Equal((1, 0), (study.GetProperty("trialCounts").GetProperty("infeasible").GetInt32(), study.GetProperty("trialCounts").GetProperty("completed").GetInt32()));
    }

    [Fact]
    public async Task Thousands_of_trials_are_imported_as_they_were_exported_and_more_than_ten_thousand_are_refused()
    {
        await api.CreateAsync("many");
        await api.CreateAsync("many-too");
        var trials = string.Join(",", Enumerable.Range(0, 2500).Select(i => FormattableString.Invariant($$$"""{"parameters":{"x":{{{i / 2500.0}}}},"values":{"value":{{{i}}}}}""")));
        Assert.Equal(2500, (await api.PostAsync("studies/many/import", $$"""{"trials":[{{trials}}]}""")).GetProperty("items").GetArrayLength());
        await api.PostAsync("studies/many-too/import", await api.Http.GetStringAsync("api/v1/studies/many/export?format=json"));
        var copied = await api.GetAsync("studies/many-too");
        Assert.Equal((2500, 0), (copied.GetProperty("trialCounts").GetProperty("completed").GetInt32(), copied.GetProperty("best").GetProperty("number").GetInt32()));
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/many/import", $$"""{"trials":[{{string.Join(",", Enumerable.Repeat("""{"parameters":{"x":1}}""", 10_001))}}]}""");
        Assert.Equal((422, "/trials"), ((int)status, problem.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task Imported_trials_count_in_the_budget_and_may_end_the_study()
    {
        await api.CreateAsync("import-budget", ""","budget":{"maxTrials":2}""");
        const string Trial = """{"parameters":{"x":0.5},"values":{"value":1}}""";
        Assert.Equal(HttpStatusCode.Conflict, (await api.SendAsync(HttpMethod.Post, "studies/import-budget/import", $$"""{"trials":[{{Trial}},{{Trial}},{{Trial}}]}""")).Status);
        await api.PostAsync("studies/import-budget/import", $$"""{"trials":[{{Trial}},{{Trial}}]}""");
        Assert.Equal("maxTrials", (await api.GetAsync("studies/import-budget")).GetProperty("completionReason").GetString());
        Assert.Equal("/problems/study-closed", (await api.SendAsync(HttpMethod.Post, "studies/import-budget/import", $$"""{"trials":[{{Trial}}]}""")).Body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_clone_is_the_same_study_under_another_name_and_with_trials_it_knows_what_the_first_one_learnt()
    {
        await api.CreateAsync("original", ""","description":"d","labels":{"a":"b"},"objectives":[{"metric":"loss"},{"metric":"speed"}],"budget":{"maxTrials":50,"maxParallelTrials":2},"maxAttempts":3""");
        await api.RunAsync("original", """{"loss":1,"speed":1}""");
        await api.RunAsync("original", """{"loss":2,"speed":0}""");
        await api.TakeAsync("original");
        await api.PostAsync("studies/original/clone", """{"name":"plain"}""");
        await api.PostAsync("studies/original/clone", """{"name":"knowing","trials":true,"budget":{"maxTrials":60},"sampler":{"kind":"sobol","seed":5}}""");
        var (original, plain, knowing) = (await api.GetAsync("studies/original"), await api.GetAsync("studies/plain"), await api.GetAsync("studies/knowing"));
        foreach (var field in new[] { "description", "labels", "objectives", "constraints", "parameters", "sampler", "pruner", "budget", "maxAttempts", "runner" })
            Assert.Equal(original.GetProperty(field).ToString(), plain.GetProperty(field).ToString());
        Assert.Equal((60, 2, "sobol"), (knowing.GetProperty("budget").GetProperty("maxTrials").GetInt32(), knowing.GetProperty("budget").GetProperty("maxParallelTrials").GetInt32(), knowing.GetProperty("sampler").GetProperty("kind").GetString()));
        Assert.Equal((0, 2), (plain.GetProperty("trialCounts").GetProperty("completed").GetInt32(), knowing.GetProperty("trialCounts").GetProperty("completed").GetInt32()));
        Assert.Equal(2, knowing.GetProperty("best").GetInt32());
        Assert.Equal("/problems/name-taken", (await api.SendAsync(HttpMethod.Post, "studies/original/clone", """{"name":"plain"}""")).Body.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("studies", """{"name":"idem","parameters":[{"name":"x","type":"boolean"}]}""", """{"name":"other","parameters":[{"name":"x","type":"boolean"}]}""")]
    [InlineData("studies/keyed/clone", """{"name":"keyed2"}""", """{"name":"keyed3"}""")]
    [InlineData("studies/keyed/enqueue", """{"trials":[{"x":0.5}]}""", """{"trials":[{"x":0.6}]}""")]
    [InlineData("studies/keyed/import", """{"trials":[{"parameters":{"x":0.1},"values":{"value":1}}]}""", """{"trials":[{"parameters":{"x":0.2},"values":{"value":1}}]}""")]
    [InlineData("studies/keyed/suggest", """{"count":1}""", """{"count":2}""")]
    public async Task Every_creating_call_has_one_effect_a_key(string path, string body, string another)
    {
        var study = $"keys-of-{path.Replace('/', '-')}";
        await api.CreateAsync(study);
        (path, body, another) = (path.Replace("keyed", study, StringComparison.Ordinal), body.Replace("keyed", study, StringComparison.Ordinal), another.Replace("keyed", study, StringComparison.Ordinal));
        var key = $"key of {path}";
        var first = await api.SendAsync(HttpMethod.Post, path, body, key);
        var second = await api.SendAsync(HttpMethod.Post, path, body, key);
        var conflict = await api.SendAsync(HttpMethod.Post, path, another, key);
        Assert.True((int)first.Status is 200 or 201, first.Body.ToString());
        Assert.Equal((first.Status, first.Body.ToString()), (second.Status, second.Body.ToString()));
        Assert.Equal((409, "/problems/idempotency-conflict"), ((int)conflict.Status, conflict.Body.GetProperty("type").GetString()));
        Assert.InRange((await api.GetAsync($"studies/{study}/trials")).GetProperty("items").GetArrayLength(), 0, 1);
    }

    [Fact]
    public async Task What_created_a_study_is_answered_alike_when_it_comes_again_though_the_study_has_gone()
    {
        const string Body = """{"name":"gone","labels":{"a":"b"},"parameters":[{"name":"x","type":"float","low":0,"high":1}],"initialTrials":[{"x":0.5}]}""";
        await api.CreateAsync("gone-source");
        await api.RunAsync("gone-source", """{"value":1}""");
        const string Copy = """{"name":"gone-copy","trials":true}""";
        var first = await api.SendAsync(HttpMethod.Post, "studies", Body, "gone-1");
        var copied = await api.SendAsync(HttpMethod.Post, "studies/gone-source/clone", Copy, "gone-2");
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, copied.Status));
        await api.PostAsync("studies/gone/suggest");
        foreach (var name in new[] { "gone", "gone-source", "gone-copy" })
            await api.SendAsync(HttpMethod.Delete, $"studies/{name}");
        var again = await api.SendAsync(HttpMethod.Post, "studies", Body, "gone-1");
        var copiedAgain = await api.SendAsync(HttpMethod.Post, "studies/gone-source/clone", Copy, "gone-2");
        Assert.Equal((first.Status, first.Body.ToString()), (again.Status, again.Body.ToString()));
        Assert.Equal((copied.Status, copied.Body.ToString()), (copiedAgain.Status, copiedAgain.Body.ToString()));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "studies/gone")).Status);
    }

    [Theory]
    [InlineData("studies", """{"name":"endless","objectives":[{"metric":"m","target":1e999}],"parameters":[{"name":"x","type":"boolean"}]}""", "/objectives/0/target")]
    [InlineData("studies", """{"name":"endless","parameters":[{"name":"x","type":"float","low":0,"high":1e999}]}""", "/parameters/0/low")]
    [InlineData("studies/endless/enqueue", """{"trials":[{"x":1e999}]}""", "/trials/0/x")]
    [InlineData("studies/endless/import", """{"trials":[{"parameters":{"x":-1e999},"values":{"value":1}}]}""", "/trials/0/parameters/x")]
    [InlineData("studies/endless/clone", """{"name":"endless2","budget":{"maxSeconds":1e999}}""", "/budget/maxSeconds")]
    [InlineData("studies/endless/suggest", """{"leaseSeconds":1e999}""", "/leaseSeconds")]
    public async Task Numbers_without_end_are_refused_with_a_key_as_without(string path, string body, string pointer)
    {
        await api.SendAsync(HttpMethod.Post, "studies", """{"name":"endless","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"random"}}""");
        foreach (var key in new[] { null, $"endless {pointer}" })
        {
            var (status, problem) = await api.SendAsync(HttpMethod.Post, path, body, key);
            Assert.InRange((int)status, 400, 422);
            Assert.StartsWith(problem.GetProperty("pointer").GetString()!, pointer, StringComparison.Ordinal);
        }
    }

    private static List<string> Comparable(JsonElement trials) => [.. trials.EnumerateArray().Select(trial =>
    {
        var node = JsonNode.Parse(trial.GetRawText())!.AsObject();
        if (node["state"]!.GetValue<string>() is "running" or "queued")
            return "";
        foreach (var name in Own)
            node.Remove(name);
        return node.ToJsonString();
    }).Where(t => t.Length > 0)];
}
