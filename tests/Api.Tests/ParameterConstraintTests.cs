namespace HpoService.Api.Tests;

public sealed class ParameterConstraintTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Space = """
        "parameters":[{"name":"hidden1","type":"int","low":8,"high":256,"scale":"log"},{"name":"hidden2","type":"int","low":8,"high":256,"scale":"log"}],
        "parameterConstraints":["hidden1 >= hidden2"]
        """;

    [Theory]
    [InlineData("random")]
    [InlineData("sobol")]
    [InlineData("grid")]
    [InlineData("gp")]
    public async Task Every_sampler_keeps_them(string sampler)
    {
        var study = await api.PostAsync("studies", $$$"""{"name":"kept-{{{sampler}}}",{{{Space}}},"sampler":{"kind":"{{{sampler}}}","seed":3}}""");
        Assert.Equal("hidden1 >= hidden2", study.GetProperty("parameterConstraints")[0].GetString());
        for (var i = 0; i < 20; i++)
        {
            var point = (await api.RunAsync($"kept-{sampler}", $$"""{"value":{{i % 7}}}""")).GetProperty("parameters");
            Assert.True(point.GetProperty("hidden1").GetInt32() >= point.GetProperty("hidden2").GetInt32(), point.ToString());
        }
    }

    [Fact]
    public async Task They_are_checked_when_trials_are_queued_and_hold_for_what_is_filled_in()
    {
        await api.PostAsync("studies", $$$"""{"name":"queued",{{{Space}}},"sampler":{"kind":"random","seed":3}}""");
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/queued/enqueue", """{"trials":[{"hidden1":9},{"hidden1":9,"hidden2":10}]}""");
        Assert.Equal((422, "/problems/invalid-parameter-values", "/trials/1"), ((int)status, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString()));
        Assert.Equal("hidden1 >= hidden2 must hold, but got hidden1 = 9, hidden2 = 10.", problem.GetProperty("detail").GetString());
        await api.PostAsync("studies/queued/enqueue", """{"trials":[{"hidden1":9},{"hidden2":200}]}""");
        foreach (var trial in (await api.PostAsync("studies/queued/suggest", """{"count":2}""")).GetProperty("trials").EnumerateArray())
            Assert.True(trial.GetProperty("parameters").GetProperty("hidden1").GetInt32() >= trial.GetProperty("parameters").GetProperty("hidden2").GetInt32());
    }

    [Theory]
    [InlineData("hidden1 >=", "/parameterConstraints/0", "a constraint must have a name, a number or '(' at column 11, but got 'the end'.")]
    [InlineData("hidden1 >= hidden3", "/parameterConstraints/0", "every name in a constraint must be a parameter, but got 'hidden3'.")]
    [InlineData("hidden1 > 1000", "/parameterConstraints", "some of 10,000 random points must keep all constraints, but got none.")]
    public async Task A_bad_one_is_named(string constraint, string pointer, string detail)
    {
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", $$"""{"name":"bad",{{Space.Replace("hidden1 >= hidden2", constraint, StringComparison.Ordinal)}}}""");
        Assert.Equal((422, "/problems/invalid-search-space", pointer, detail), ((int)status, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString(), problem.GetProperty("detail").GetString()));
    }
}
