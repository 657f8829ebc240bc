using System.Net;
using System.Text.Json;

namespace HpoService.Api.Tests;

public sealed class InsightTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Conditional = """
        "parameters":[{"name":"optimizer","type":"categorical","choices":["sgd","adam"]},
                      {"name":"momentum","type":"float","low":0,"high":1,"when":{"parameter":"optimizer","in":["sgd"]}}],
        "sampler":{"kind":"random","seed":1}
        """;

    [Fact]
    public async Task History_has_the_best_so_far_by_number_and_by_the_order_of_completion()
    {
        await api.CreateAsync("history");
        var trials = (await api.PostAsync("studies/history/suggest", """{"count":4}""")).GetProperty("trials").EnumerateArray().ToList();
        await EndAsync("history", trials[2], "complete", """{"values":{"value":3}}""");
        await Task.Delay(2); // of two that complete in the same millisecond nobody knows the order
        await EndAsync("history", trials[0], "complete", """{"values":{"value":2}}""");
        await EndAsync("history", trials[1], "report", """{"step":1,"values":{"value":9}}""");
        await EndAsync("history", trials[1], "prune", "{}");
        await EndAsync("history", trials[3], "report", """{"step":1,"values":{"value":7}}""");
        var history = await api.GetAsync("studies/history/history");

        Assert.Equal("minimize", history.GetProperty("direction").GetString());
        Assert.Equal([(0, "completed", 2.0), (1, "pruned", 9), (2, "completed", 3), (3, "running", 7)], history.GetProperty("points").EnumerateArray()
            .Select(p => (p.GetProperty("number").GetInt32(), p.GetProperty("state").GetString()!, p.GetProperty("value").GetDouble())));
        Assert.Equal([0], Numbers(history.GetProperty("bestByTrial")));
        Assert.Equal([2, 0], Numbers(history.GetProperty("bestByTime")));
        Assert.False(history.GetProperty("points")[3].TryGetProperty("seconds", out _));
        Assert.InRange(history.GetProperty("points")[0].GetProperty("seconds").GetDouble(), 0, 60);

        await EndAsync("history", trials[3], "complete", """{"values":{"value":1}}""");
        Assert.Equal([2, 0, 3], Numbers((await api.GetAsync("studies/history/history")).GetProperty("bestByTime"))); // only what changed is read again
    }

    [Fact]
    public async Task Importances_name_the_parameter_that_matters_and_come_out_the_same_again()
    {
        await api.PostAsync("studies", """{"name":"importances","parameters":[{"name":"noise","type":"float","low":0,"high":1},{"name":"x","type":"float","low":1e-4,"high":1,"scale":"log"}],"sampler":{"kind":"sobol","seed":1}}""");
        Assert.Empty((await api.GetAsync("studies/importances/importances")).GetProperty("importances").EnumerateArray());
        for (var i = 0; i < 40; i++)
        {
            var trial = (await api.PostAsync("studies/importances/suggest")).GetProperty("trials")[0];
            var value = Math.Log10(trial.GetProperty("parameters").GetProperty("x").GetDouble());
            await EndAsync("importances", trial, "complete", $$$"""{"values":{"value":{{{value}}},"loss":{{{trial.GetProperty("parameters").GetProperty("noise")}}}}}""");
        }

        var (importances, byLoss) = (await api.GetAsync("studies/importances/importances"), await api.GetAsync("studies/importances/importances?metric=loss"));
        Assert.Equal("fanova", importances.GetProperty("method").GetString());
        Assert.Equal(40, importances.GetProperty("trials").GetInt32());
        var (first, second) = (importances.GetProperty("importances")[0], importances.GetProperty("importances")[1]);
        Assert.Equal("x", first.GetProperty("parameter").GetString());
        Assert.True(first.GetProperty("importance").GetDouble() > 0.9 && second.GetProperty("importance").GetDouble() < 0.05, importances.ToString());
        Assert.Equal("noise", byLoss.GetProperty("importances")[0].GetProperty("parameter").GetString());
        Assert.Equal(importances.ToString(), (await api.GetAsync("studies/importances/importances?metric=value")).ToString());
    }

    [Fact]
    public async Task Slices_contours_and_lines_leave_inactive_parameters_out()
    {
        await api.PostAsync("studies", $$"""{"name":"shapes","objectives":[{"metric":"value","direction":"maximize"}],{{Conditional}}}""");
        for (var i = 0; i < 12; i++)
            await api.CompleteAsync("shapes", $$"""{"value":{{i}}}""");
        var trials = (await api.GetAsync("studies/shapes/trials")).GetProperty("items").EnumerateArray().ToList();
        var active = trials.Where(t => t.GetProperty("parameters").TryGetProperty("momentum", out _)).ToList();
        Assert.InRange(active.Count, 1, 11);

        var slice = (await api.GetAsync("studies/shapes/slice?parameter=momentum")).GetProperty("slices")[0];
        Assert.Equal(active.Select(t => (t.GetProperty("number").GetInt32(), t.GetProperty("parameters").GetProperty("momentum").GetDouble())),
            slice.GetProperty("points").EnumerateArray().Select(p => (p.GetProperty("number").GetInt32(), p.GetProperty("x").GetDouble())));
        Assert.Equal("float", slice.GetProperty("parameter").GetProperty("type").GetString());

        var contour = await api.GetAsync("studies/shapes/contour?x=momentum&y=optimizer&points=100");
        Assert.Equal(active.Count, contour.GetProperty("trials").GetInt32());
        Assert.Equal(active.Count, contour.GetProperty("cells").EnumerateArray().Sum(c => c.GetProperty("count").GetInt32()));
        Assert.All(contour.GetProperty("cells").EnumerateArray(), c => Assert.Equal(0, c.GetProperty("y").GetInt32())); // momentum is sgd's
        Assert.Equal(10, contour.GetProperty("x").GetProperty("values").GetArrayLength());
        Assert.Equal(["sgd", "adam"], contour.GetProperty("y").GetProperty("values").EnumerateArray().Select(v => v.GetString()));
        var best = active.MaxBy(t => t.GetProperty("values").GetProperty("value").GetDouble());
        Assert.Contains(contour.GetProperty("cells").EnumerateArray(), c => c.GetProperty("bestNumber").GetInt32() == best.GetProperty("number").GetInt32());

        var lines = (await api.GetAsync("studies/shapes/parallel")).GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal(trials.Select(t => t.GetProperty("parameters").ToString()), lines.Select(l => l.GetProperty("parameters").ToString()));
    }

    [Fact]
    public async Task What_breaks_a_constraint_is_shown_but_never_the_best()
    {
        await api.CreateAsync("bounded", ""","constraints":[{"metric":"size","upperBound":5}]""");
        foreach (var (value, size) in new[] { (3.0, 1.0), (1, 9), (2, 5) })
            await api.CompleteAsync("bounded", $$"""{"value":{{value}},"size":{{size}}}""");
        var history = await api.GetAsync("studies/bounded/history");
        Assert.Equal([0, 2], Numbers(history.GetProperty("bestByTrial")));
        Assert.Equal([true, false, true], history.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("feasible").GetBoolean()));
        var cells = (await api.GetAsync("studies/bounded/slice")).GetProperty("slices")[0].GetProperty("points").EnumerateArray();
        Assert.Equal([true, false, true], cells.Select(p => p.GetProperty("feasible").GetBoolean()));
        Assert.False((await api.GetAsync("studies/bounded/parallel")).GetProperty("lines")[1].GetProperty("feasible").GetBoolean());
    }

    [Fact]
    public async Task Of_two_parameters_a_cell_is_as_good_as_its_feasible_trials()
    {
        const string Two = """ "parameters":[{"name":"x","type":"float","low":0,"high":1},{"name":"y","type":"float","low":0,"high":1}],"sampler":{"kind":"random","seed":1} """;
        foreach (var (name, constraints) in new[] { ("walled", ""","constraints":[{"metric":"size","upperBound":5}]"""), ("open", "") })
        {
            await api.PostAsync("studies", $$"""{"name":"{{name}}",{{Two}}{{constraints}}}""");
            await api.PostAsync($"studies/{name}/enqueue", """{"trials":[{"x":0.1,"y":0.1},{"x":0.15,"y":0.12},{"x":0.9,"y":0.9}]}""");
            foreach (var (value, size) in new[] { (3.0, 1.0), (1, 9), (0, 6) })
                await api.CompleteAsync(name, $$"""{"value":{{value}},"size":{{size}}}""");
        }

        async Task<List<string>> CellsAsync(string name) =>
            [.. (await api.GetAsync($"studies/{name}/contour?x=x&y=y&points=4")).GetProperty("cells").EnumerateArray().Select(c => c.ToString())];
        Assert.Equal(
            ["""{"x":0,"y":0,"count":2,"mean":3,"best":3,"bestNumber":0,"feasible":true}""", """{"x":1,"y":1,"count":1,"mean":0,"best":0,"bestNumber":2,"feasible":false}"""],
            await CellsAsync("walled"));
        Assert.Equal(
            ["""{"x":0,"y":0,"count":2,"mean":2,"best":1,"bestNumber":1}""", """{"x":1,"y":1,"count":1,"mean":0,"best":0,"bestNumber":2}"""], await CellsAsync("open"));
    }

    [Fact]
    public async Task Curves_are_thinned_and_keep_their_ends()
    {
        await api.CreateAsync("curves");
        var trial = (await api.PostAsync("studies/curves/suggest")).GetProperty("trials")[0];
        for (var step = 0; step < 60; step++)
            await EndAsync("curves", trial, "report", $$$"""{"step":{{{step}}},"values":{"{{{(step == 30 ? "other" : "value")}}}":{{{step}}}}}""");
        await api.CompleteAsync("curves", """{"value":1}"""); // reported nothing on the way
        var curve = (await api.GetAsync("studies/curves/curves?trials=1&points=20")).GetProperty("curves");
        Assert.Equal(0, curve.GetArrayLength()); // the best one has no curve
        curve = (await api.GetAsync("studies/curves/curves?trials=2&points=40")).GetProperty("curves");
        Assert.Equal([0], Numbers(curve));
        Assert.Equal(59, curve[0].GetProperty("steps").GetInt32());
        var steps = curve[0].GetProperty("points").EnumerateArray().Select(p => p.GetProperty("step").GetInt32()).ToList();
        Assert.InRange(steps.Count, 10, 20);
        Assert.Equal((0, 59), (steps[0], steps[^1]));
        Assert.Equal(steps.Order(), steps);

        trial = (await api.PostAsync("studies/curves/suggest")).GetProperty("trials")[0];
        for (var step = 0; step < 9; step++)
            await EndAsync("curves", trial, "report", $$$"""{"step":{{{step}}},"values":{"value":{{{step}}}}}""");
        foreach (var (points, curves) in new[] { (4, 1), (7, 1), (8, 2) })
        {
            curve = (await api.GetAsync($"studies/curves/curves?trials=100&points={points}")).GetProperty("curves");
            Assert.InRange(curve.EnumerateArray().Sum(c => c.GetProperty("points").GetArrayLength()), 0, points);
            Assert.InRange(curve.GetArrayLength(), 0, curves);
        }
    }

    [Fact]
    public async Task A_metric_that_was_only_measured_on_the_way_has_curves_and_a_history()
    {
        await api.CreateAsync("measured");
        for (var i = 0; i < 2; i++)
        {
            var trial = (await api.PostAsync("studies/measured/suggest")).GetProperty("trials")[0];
            await EndAsync("measured", trial, "report", $$$"""{"step":1,"values":{"loss":{{{i + 5}}}}}""");
            await EndAsync("measured", trial, "report", $$$"""{"step":2,"values":{"loss":{{{i + 4}}}}}""");
            await EndAsync("measured", trial, "complete", """{"values":{"value":1}}""");
        }

        Assert.Equal([0, 1], Numbers((await api.GetAsync("studies/measured/curves?metric=loss")).GetProperty("curves")));
        Assert.Equal([4.0, 5], (await api.GetAsync("studies/measured/history?metric=loss")).GetProperty("points").EnumerateArray().Select(p => p.GetProperty("value").GetDouble()));
        Assert.Equal([1.0, 1], (await api.GetAsync("studies/measured/history")).GetProperty("points").EnumerateArray().Select(p => p.GetProperty("value").GetDouble()));
        Assert.DoesNotContain("values.loss", await api.Http.GetStringAsync("api/v1/studies/measured/export"), StringComparison.Ordinal); // no trial ended with it
    }

    [Fact]
    public async Task The_front_of_two_objectives_is_what_nothing_dominates_in_pages()
    {
        await api.CreateAsync("front", ""","objectives":[{"metric":"accuracy","direction":"maximize"},{"metric":"latency"}]""");
        foreach (var (accuracy, latency) in new[] { (0.5, 5.0), (0.4, 6), (0.9, 9), (0.6, 5), (0.7, 7), (0.6, 5), (0.1, 1) })
            await api.CompleteAsync("front", $$"""{"accuracy":{{accuracy}},"latency":{{latency}}}""");
        var front = await api.GetAsync("studies/front/best?limit=3");
        Assert.Equal([2, 3, 4], Numbers(front.GetProperty("items")));
        foreach (var part in new[] { await api.GetAsync("studies/front/best?limit=1"), await api.GetAsync("studies/front/best?after=5") })
            Assert.False(part.TryGetProperty("number", out _)); // one trial of a page is not the best one
        front = await api.GetAsync($"studies/front/best?limit=3&after={front.GetProperty("next").GetString()}");
        Assert.Equal([5, 6], Numbers(front.GetProperty("items")));
        Assert.Equal(JsonValueKind.Null, front.GetProperty("next").ValueKind);
        Assert.Equal(5, (await api.GetAsync("studies/front")).GetProperty("best").GetInt32());
        var line = (await api.GetAsync("studies/front/parallel?metric=latency")).GetProperty("lines")[0];
        Assert.Equal("""{"accuracy":0.5,"latency":5}""", line.GetProperty("values").ToString());
    }

    [Theory]
    [InlineData("history?metric=nope", "/metric")]
    [InlineData("importances?metric=nope", "/metric")]
    [InlineData("slice?parameter=nope", "/parameter")]
    [InlineData("contour?x=x&y=nope", "/y")]
    [InlineData("contour?x=nope&y=x", "/x")]
    [InlineData("contour?x=x&y=x", "/y")]
    [InlineData("parallel?points=3", "/points")]
    [InlineData("history?points=10001", "/points")]
    [InlineData("curves?trials=0", "/trials")]
    [InlineData("best?limit=0", "/limit")]
    public async Task What_is_not_there_or_out_of_bounds_is_named(string path, string pointer)
    {
        await api.SendAsync(HttpMethod.Delete, "studies/odd-insight");
        await api.CreateAsync("odd-insight");
        var (status, problem) = await api.SendAsync(HttpMethod.Get, $"studies/odd-insight/{path}");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, pointer), (status, problem.GetProperty("pointer").GetString()));
        Assert.Contains("but got", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("best")]
    [InlineData("history")]
    [InlineData("importances")]
    [InlineData("slice")]
    [InlineData("contour?x=x&y=y")]
    [InlineData("parallel")]
    [InlineData("curves")]
    [InlineData("export")]
    public async Task Without_a_study_it_is_404_and_without_a_trial_an_empty_answer(string path)
    {
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, $"studies/nowhere/{path}")).Status);
        var study = $"empty-{path.Split('?')[0]}";
        await api.PostAsync("studies", $$"""{"name":"{{study}}","parameters":[{"name":"x","type":"boolean"},{"name":"y","type":"boolean"}]}""");
        using var answer = await api.Http.GetAsync($"api/v1/studies/{study}/{path}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static IEnumerable<int> Numbers(JsonElement list) => list.EnumerateArray().Select(p => p.GetProperty("number").GetInt32());

    private async Task EndAsync(string study, JsonElement trial, string verb, string body)
    {
        var token = trial.GetProperty("lease").GetProperty("token").GetString();
        var comma = body == "{}" ? "" : ",";
        await api.PostAsync($"studies/{study}/trials/{trial.GetProperty("number")}/{verb}", $$"""{"leaseToken":"{{token}}"{{comma}}{{body[1..]}}""");
    }
}
