using System.Text.Json;

namespace HpoService.Api.Tests;

/// <summary>What is best: under constraints, and of several objectives.</summary>
public sealed class OutcomeTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_trial_that_breaks_a_constraint_is_completed_but_not_feasible_and_never_the_best()
    {
        await api.CreateAsync("bounded", ""","constraints":[{"metric":"latencyMs","upperBound":5}]""");
        var slow = await api.RunAsync("bounded", """{"value":1,"latencyMs":9}""");
        Assert.Equal(("completed", false), (slow.GetProperty("state").GetString(), slow.GetProperty("feasible").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync("studies/bounded")).GetProperty("best").ValueKind);
        var good = await api.RunAsync("bounded", """{"value":2,"latencyMs":5}""");
        Assert.True(good.GetProperty("feasible").GetBoolean());
        await api.RunAsync("bounded", """{"value":3,"latencyMs":1}""");
        var study = await api.GetAsync("studies/bounded");
        Assert.Equal(1, study.GetProperty("best").GetProperty("number").GetInt32());
        Assert.Equal(5, study.GetProperty("constraints")[0].GetProperty("upperBound").GetDouble());
        Assert.Equal([1], (IEnumerable<int>)await BestAsync("bounded"));
    }

    [Fact]
    public async Task A_result_without_a_constraint_s_metric_is_refused()
    {
        await api.CreateAsync("lacking", ""","constraints":[{"metric":"latencyMs","upperBound":5}]""");
        var trial = (await api.PostAsync("studies/lacking/suggest")).GetProperty("trials")[0];
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/lacking/trials/0/complete",
            $$$"""{"values":{"value":1},"leaseToken":"{{{trial.GetProperty("lease").GetProperty("token").GetString()}}}"}""");
        Assert.Equal((422, "/values/latencyMs"), ((int)status, problem.GetProperty("pointer").GetString()));
    }

    [Theory]
    [InlineData("""{"metric":"m"}""", "/constraints/0")]
    [InlineData("""{"metric":"m","lowerBound":2,"upperBound":1}""", "/constraints/0/lowerBound")]
    [InlineData("""{"metric":" ","upperBound":1}""", "/constraints/0/metric")]
    [InlineData("""{"metric":"m","upperBound":1},{"metric":"m","lowerBound":0}""", "/constraints")]
    public async Task A_constraint_that_makes_no_sense_is_refused(string constraints, string pointer)
    {
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", $$"""{"name":"no","parameters":[{"name":"x","type":"boolean"}],"constraints":[{{constraints}}]}""");
        Assert.Equal((422, pointer), ((int)status, problem.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task Infeasible_trials_teach_the_model_to_stay_away()
    {
        await api.PostAsync("studies", """
            {"name":"away","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"gp","seed":1},
             "objectives":[{"metric":"value","direction":"maximize"}],"constraints":[{"metric":"cost","upperBound":0.5}]}
            """);
        var costs = new List<double>();
        for (var i = 0; i < 25; i++)
        {
            var trial = (await api.PostAsync("studies/away/suggest")).GetProperty("trials")[0];
            var x = trial.GetProperty("parameters").GetProperty("x").GetDouble();
            costs.Add(x);
            await api.PostAsync($"studies/away/trials/{i}/complete", FormattableString.Invariant(
                $$$"""{"values":{"value":{{{x}}},"cost":{{{x}}}},"leaseToken":"{{{trial.GetProperty("lease").GetProperty("token").GetString()}}}"}"""));
        }

        // The objective alone would pull every one of them to 1; the search goes on along the border.
        Assert.InRange(costs.TakeLast(10).Count(x => x is > 0.2 and < 0.8), 7, 10);
        Assert.InRange((await api.GetAsync("studies/away")).GetProperty("best").GetProperty("values").GetProperty("value").GetDouble(), 0.45, 0.5);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("sobol")]
    [InlineData("grid")]
    [InlineData("auto")]
    public async Task The_front_of_several_objectives_is_kept_as_trials_end(string sampler)
    {
        var name = $"front-{sampler}";
        await api.PostAsync("studies", $$"""
            {"name":"{{name}}","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"{{sampler}}","seed":1},
             "objectives":[{"metric":"loss"},{"metric":"speed","direction":"maximize"}],"constraints":[{"metric":"size","upperBound":10}]}
            """);
        (double Loss, double Speed, double Size, int[] Front)[] trials =
        [
            (5, 5, 1, [0]), (4, 4, 1, [0, 1]), (6, 4, 1, [0, 1]), (4, 6, 1, [3]), (1, 99, 99, [3]), (4, 6, 1, [3, 5]), (3, 1, 1, [3, 5, 6]), (1, 7, 1, [7]),
        ];
        foreach (var (loss, speed, size, front) in trials)
        {
            await api.RunAsync(name, $$"""{"loss":{{loss}},"speed":{{speed}},"size":{{size}}}""");
            Assert.Equal(front, await BestAsync(name));
            Assert.Equal(front.Length, (await api.GetAsync($"studies/{name}")).GetProperty("best").GetInt32());
        }
    }

    [Fact]
    public async Task Several_objectives_end_a_study_when_one_trial_reaches_all_their_targets()
    {
        await api.CreateAsync("targets", ""","objectives":[{"metric":"a","target":1},{"metric":"b","direction":"maximize","target":2},{"metric":"c"}]""");
        await api.RunAsync("targets", """{"a":1,"b":1,"c":0}""");
        await api.RunAsync("targets", """{"a":2,"b":2,"c":0}""");
        Assert.Equal("active", (await api.GetAsync("studies/targets")).GetProperty("state").GetString());
        await api.RunAsync("targets", """{"a":0.5,"b":2,"c":0}""");
        Assert.Equal("target", (await api.GetAsync("studies/targets")).GetProperty("completionReason").GetString());
    }

    private async Task<List<int>> BestAsync(string study) =>
        [.. (await api.GetAsync($"studies/{study}/best")).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetInt32())];
}
