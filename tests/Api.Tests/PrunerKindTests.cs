using System.Text.Json;
using HpoService.Search.Pruning;

namespace HpoService.Api.Tests;

/// <summary>Every kind of pruner, as a client uses it.</summary>
public sealed class PrunerKindTests(ApiHost api) : IClassFixture<ApiHost>
{
    private static readonly double[] Good = [4, 3, 2, 1], Bad = [9, 10, 11, 12];

    [Theory]
    [InlineData("none", null, null)]
    [InlineData("median", """{"minTrials":2}""", 1)]
    [InlineData("median", """{"minTrials":2,"warmupSteps":3}""", 3)]
    [InlineData("median", """{"minTrials":3}""", null)]
    [InlineData("percentile", """{"percentile":75,"minTrials":1}""", 1)]
    [InlineData("successiveHalving", """{"minResource":2,"reductionFactor":2}""", 2)]
    [InlineData("hyperband", """{"minResource":1,"maxResource":2,"reductionFactor":3}""", 1)]
    [InlineData("threshold", """{"upper":10.5}""", 3)]
    [InlineData("threshold", """{"lower":0}""", null)]
    [InlineData("patient", """{"patience":2}""", 3)]
    [InlineData("patient", """{"patience":1,"pruner":{"kind":"threshold","options":{"upper":11.5}}}""", 4)]
    [InlineData("wilcoxon", """{"minSteps":4}""", 4)]
    public async Task Stops_a_bad_trial_as_soon_as_its_options_let_it_and_no_good_one(string kind, string? options, int? stopsAt)
    {
        var name = $"{kind}-{options?.Length}-{stopsAt}";
        var study = await api.PostAsync("studies", Body(name, kind, options));
        Assert.Equal((kind, options), (study.GetProperty("pruner").GetProperty("kind").GetString(), study.GetProperty("pruner").TryGetProperty("options", out var kept) ? kept.GetRawText() : null));
        for (var i = 0; i < 2; i++)
        {
            var good = await api.TakeAsync(name);
            Assert.Null(await StopAsync(name, good, Good));
            await api.CompleteAsync(name, good, """{"value":1}""");
        }

        var bad = await api.TakeAsync(name);
        Assert.Equal(stopsAt, await StopAsync(name, bad, Bad));
        var answer = await api.PostAsync($"studies/{name}/trials/{bad.Number}/heartbeat", $$"""{"leaseToken":"{{bad.Token}}"}""");
        Assert.Equal(stopsAt is not null, answer.GetProperty("shouldStop").GetBoolean());
        if (stopsAt is null)
            return;
        var reason = answer.GetProperty("reason").GetString();
        Assert.StartsWith("pruner: ", reason, StringComparison.Ordinal);
        var pruned = await api.PostAsync($"studies/{name}/trials/{bad.Number}/prune", $$"""{"leaseToken":"{{bad.Token}}","reason":{{JsonSerializer.Serialize(reason)}}}""");
        Assert.Equal(("pruned", reason), (pruned.GetProperty("state").GetString(), pruned.GetProperty("error").GetString()));
        Assert.Equal(stopsAt, (await api.GetAsync($"studies/{name}/trials/{bad.Number}")).GetProperty("measurements").GetArrayLength());
    }

    [Theory]
    [InlineData("median", """{"minTrials":0}""", 422, "/pruner/options/minTrials")]
    [InlineData("percentile", """{"percentile":100}""", 422, "/pruner/options/percentile")]
    [InlineData("successiveHalving", """{"reductionFactor":1}""", 422, "/pruner/options/reductionFactor")]
    [InlineData("hyperband", """{"minResource":5,"maxResource":5}""", 422, "/pruner/options/maxResource")]
    [InlineData("threshold", null, 422, "/pruner/options")]
    [InlineData("threshold", """{"lower":1,"upper":0}""", 422, "/pruner/options/lower")]
    [InlineData("patient", """{"patience":0}""", 422, "/pruner/options/patience")]
    [InlineData("patient", """{"pruner":{"kind":"median","options":{"minTrials":0}}}""", 422, "/pruner/options/pruner/options/minTrials")]
    [InlineData("patient", """{"pruner":{"kind":"median","options":{"bogus":0}}}""", 400, "/pruner/options/pruner/options/bogus")]
    [InlineData("wilcoxon", """{"pThreshold":0.9}""", 422, "/pruner/options/pThreshold")]
    [InlineData("median", """{"minTrials":"two"}""", 400, "/pruner/options/minTrials")]
    [InlineData("magic", null, 422, "/pruner/kind")]
    public async Task Options_that_break_a_rule_are_422_and_what_is_no_option_is_400(string kind, string? options, int status, string pointer) => await RefusedAsync(kind, options, status, pointer);

    [Fact]
    public async Task No_kind_takes_an_option_that_it_does_not_know()
    {
        foreach (var kind in PrunerRegistry.Kinds)
            await RefusedAsync(kind, """{"bogus":1}""", 400, "/pruner/options/bogus");
    }

    // The step after which it is to stop; null = it may go on to the end.
    private async Task<int?> StopAsync(string study, (int Number, string Token) trial, double[] values)
    {
        for (var step = 1; step <= values.Length; step++)
        {
            var answer = await api.PostAsync(
                $"studies/{study}/trials/{trial.Number}/report", FormattableString.Invariant($$$"""{"step":{{{step}}},"values":{"value":{{{values[step - 1]}}}},"leaseToken":"{{{trial.Token}}}"}"""));
            if (answer.GetProperty("shouldStop").GetBoolean())
                return step;
        }

        return null;
    }

    private async Task RefusedAsync(string kind, string? options, int status, string pointer)
    {
        var (actual, problem) = await api.SendAsync(HttpMethod.Post, "studies", Body("refused", kind, options));
        Assert.Equal((status, $"/problems/{(status == 400 ? "malformed-request" : "invalid-study")}", pointer), ((int)actual, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString()));
    }

    private static string Body(string name, string kind, string? options) => $$$"""
        {"name":"{{{name}}}","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"random","seed":5},
         "pruner":{"kind":"{{{kind}}}"{{{(options is null ? "" : $",\"options\":{options}")}}}}}
        """;
}
