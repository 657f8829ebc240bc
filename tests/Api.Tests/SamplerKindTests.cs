using System.Text.Json;
using HpoService.Search.Sampling;

namespace HpoService.Api.Tests;

/// <summary>Every kind of sampler, as a client uses it.</summary>
public sealed class SamplerKindTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const int Trials = 9;

    [Theory]
    [InlineData("random", null, "random", 0)]
    [InlineData("sobol", null, "sobol", 0)]
    [InlineData("gp", """{"initialTrials":3,"candidates":64}""", "gp", 3)]
    [InlineData("gp", """{"initialTrials":3,"acquisition":"upperConfidenceBound","trustRegion":false,"noise":false}""", "gp", 3)]
    [InlineData("tpe", """{"initialTrials":4,"gamma":0.25}""", "tpe", 4)]
    [InlineData("cmaes", """{"initialTrials":2,"population":4,"restarts":"ipop"}""", "cmaes", 2)]
    [InlineData("nsga2", """{"population":5,"crossoverProbability":0.5}""", "nsga2", 5)]
    [InlineData("auto", """{"initialTrials":4}""", "gp", 4)]
    public async Task Proposes_new_points_of_the_space_and_says_which_method_did(string kind, string? options, string method, int designed)
    {
        var name = $"{kind}-{options?.Length}";
        var study = await CreateAsync(name, kind, options);
        Assert.Equal((kind, 11), (study.GetProperty("sampler").GetProperty("kind").GetString(), study.GetProperty("sampler").GetProperty("seed").GetInt32()));
        Assert.Equal(options, study.GetProperty("sampler").TryGetProperty("options", out var kept) ? kept.GetRawText() : null);
        var (methods, points) = (new List<string?>(), new HashSet<string>());
        for (var i = 0; i < Trials; i++)
        {
            var trial = (await api.PostAsync($"studies/{name}/suggest")).GetProperty("trials")[0];
            var (x, c) = (trial.GetProperty("parameters").GetProperty("x").GetDouble(), trial.GetProperty("parameters").GetProperty("c").GetString());
            Assert.InRange(x, 0, 1);
            Assert.Contains(c, new[] { "a", "b" });
            Assert.True(points.Add(trial.GetProperty("parameters").ToString()));
            methods.Add(trial.GetProperty("suggestedBy").GetString());
            await api.CompleteAsync(name, (i, trial.GetProperty("lease").GetProperty("token").GetString()!), FormattableString.Invariant($$"""{"value":{{(x - 0.3) * (x - 0.3)}}}"""));
        }

        Assert.Equal([.. Enumerable.Repeat($"{method}:sobol", designed), .. Enumerable.Repeat(method, Trials - designed)], methods);
        Assert.Equal((Trials, "active"), ((await api.GetAsync($"studies/{name}")).GetProperty("trialCounts").GetProperty("completed").GetInt32(), (await api.GetAsync($"studies/{name}")).GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_grid_gives_each_of_its_points_once_and_ends_the_study()
    {
        await CreateAsync("grid", "grid", """{"resolution":3}""");
        var trials = (await api.PostAsync("studies/grid/suggest", """{"count":10}""")).GetProperty("trials").EnumerateArray().ToList();
        Assert.Equal(["{0, a}", "{0, b}", "{0.5, a}", "{0.5, b}", "{1, a}", "{1, b}"], trials.Select(t => $"{{{t.GetProperty("parameters").GetProperty("x")}, {t.GetProperty("parameters").GetProperty("c")}}}").Order(StringComparer.Ordinal));
        Assert.All(trials, t => Assert.Equal("grid", t.GetProperty("suggestedBy").GetString()));
        foreach (var trial in trials)
            await api.CompleteAsync("grid", (trial.GetProperty("number").GetInt32(), trial.GetProperty("lease").GetProperty("token").GetString()!), """{"value":1}""");
        Assert.Equal("spaceExhausted", (await api.GetAsync("studies/grid")).GetProperty("completionReason").GetString());
    }

    [Theory]
    [InlineData("nsga2", "nsga2")]
    [InlineData("gp", "gp")]
    [InlineData("auto", "gp")]
    [InlineData("tpe", "tpe")]
    public async Task Several_objectives_are_searched_for_a_front(string kind, string method)
    {
        var name = $"two-{kind}";
        await CreateAsync(name, kind, kind == "auto" ? null : kind is "tpe" or "gp" ? """{"initialTrials":2}""" : """{"population":4}""", ""","objectives":[{"metric":"a"},{"metric":"b","direction":"maximize"}]""");
        for (var i = 0; i < (kind == "auto" ? 21 : 6); i++)
            await api.RunAsync(name, $$"""{"a":{{i}},"b":{{i}}}""");
        Assert.Equal(method, (await api.PostAsync($"studies/{name}/suggest")).GetProperty("trials")[0].GetProperty("suggestedBy").GetString());
        Assert.True((await api.GetAsync($"studies/{name}/best")).GetProperty("items").GetArrayLength() > 1);
    }

    [Theory]
    [InlineData("grid", """{"resolution":1}""", 422, "/sampler/options/resolution")]
    [InlineData("gp", """{"maxSuggestSeconds":0}""", 422, "/sampler/options/maxSuggestSeconds")]
    [InlineData("auto", """{"candidates":1}""", 422, "/sampler/options/candidates")]
    [InlineData("tpe", """{"gamma":0.6}""", 422, "/sampler/options/gamma")]
    [InlineData("cmaes", """{"sigma":0}""", 422, "/sampler/options/sigma")]
    [InlineData("nsga2", """{"population":3}""", 422, "/sampler/options/population")]
    [InlineData("gp", """{"candidates":"many"}""", 400, "/sampler/options/candidates")]
    [InlineData("cmaes", """{"restarts":"often"}""", 400, "/sampler/options/restarts")]
    [InlineData("tpe", "[]", 400, "/sampler/options")]
    [InlineData("magic", null, 422, "/sampler/kind")]
    public async Task Options_that_break_a_rule_are_422_and_what_is_no_option_is_400(string kind, string? options, int status, string pointer) => await RefusedAsync(kind, options, status, pointer);

    [Fact]
    public async Task No_kind_takes_an_option_that_it_does_not_know()
    {
        foreach (var kind in SamplerRegistry.Kinds)
            await RefusedAsync(kind, """{"b/o.gus":1}""", 400, "/sampler/options/b~1o.gus");
    }

    private async Task RefusedAsync(string kind, string? options, int status, string pointer)
    {
        var (actual, problem) = await api.SendAsync(HttpMethod.Post, "studies", Body("refused", kind, options, ""));
        Assert.Equal((status, $"/problems/{(status == 400 ? "malformed-request" : "invalid-study")}", pointer), ((int)actual, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString()));
        Assert.Contains("but got", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private Task<JsonElement> CreateAsync(string name, string kind, string? options, string more = "") => api.PostAsync("studies", Body(name, kind, options, more));

    private static string Body(string name, string kind, string? options, string more) => $$$"""
        {"name":"{{{name}}}","parameters":[{"name":"x","type":"float","low":0,"high":1},{"name":"c","type":"categorical","choices":["a","b"]}],
         "sampler":{"kind":"{{{kind}}}","seed":11{{{(options is null ? "" : $",\"options\":{options}")}}}}{{{more}}}}
        """;
}
