using System.Globalization;
using System.Text.RegularExpressions;

namespace HpoService.Api.Tests;

public sealed partial class MetricsTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task What_happens_is_counted()
    {
        var before = await ReadAsync();
        await api.PostAsync("studies", """{"name":"measured","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"gp","options":{"initialTrials":2}}}""");
        for (var i = 0; i < 4; i++)
            await api.RunAsync("measured", $$"""{"value":{{i}}}""");
        await api.TakeAsync("measured");
        await api.PostAsync("studies/measured/enqueue", """{"trials":[{"x":0.5},{"x":0.25}]}""");
        var after = await ReadAsync();
        double Gain(string name) => after.GetValueOrDefault(name) - before.GetValueOrDefault(name);
        Assert.Equal((4, 1, 2, 2), (Gain("hpo_trials{state=\"completed\"}"), Gain("hpo_trials{state=\"running\"}"), Gain("hpo_trials{state=\"queued\"}"), Gain("hpo_queue_depth")));
        Assert.Equal(1, Gain("hpo_studies{state=\"active\"}"));
        Assert.True(Gain("hpo_suggest_duration_seconds_count{sampler=\"gp\",trials=\"0-9\"}") >= 5);
        Assert.True(Gain("hpo_gp_fit_duration_seconds_count") >= 1);
        Assert.True(Gain("hpo_commit_duration_seconds_count") >= 9);
        // A request is counted after its answer has gone out.
        for (var i = 0; i < 100 && Requests(after) < 5; i++)
        {
            await Task.Delay(50);
            after = await ReadAsync();
        }

        Assert.True(Requests(after) >= 5);
    }

    private static double Requests(Dictionary<string, double> metrics) => metrics
        .Where(m => m.Key.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal) && m.Key.Contains("suggest", StringComparison.Ordinal)).Sum(m => m.Value);

    [Fact]
    public async Task A_lost_lease_is_counted()
    {
        var before = (await ReadAsync()).GetValueOrDefault("hpo_lease_losses_total");
        await api.CreateAsync("lost");
        await api.PostAsync("studies/lost/suggest", """{"leaseSeconds":1}""");
        for (var i = 0; (await ReadAsync()).GetValueOrDefault("hpo_lease_losses_total") <= before; i++)
        {
            Assert.True(i < 200, "No loss was counted.");
            await Task.Delay(50);
        }
    }

    /// <summary>Every line of the text, checked against the format, by name and labels.</summary>
    private async Task<Dictionary<string, double>> ReadAsync()
    {
        using var response = await api.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        var (values, types) = (new Dictionary<string, double>(), new HashSet<string>());
        foreach (var line in (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                Assert.Matches("^# (HELP [a-z0-9_]+ .+|TYPE [a-z0-9_]+ (counter|gauge|histogram))$", line);
                Assert.True(types.Add(string.Join(' ', line.Split(' ').Take(3))), line);
                continue;
            }

            var match = Sample().Match(line);
            Assert.True(match.Success, line);
            Assert.True(values.TryAdd(match.Groups[1].Value, double.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture)), line);
        }

        return values;
    }

    [GeneratedRegex("""^([a-z0-9_]+(\{[a-z0-9_]+="(?:[^"\\]|\\.)*"(?:,[a-z0-9_]+="(?:[^"\\]|\\.)*")*\})?) (-?[0-9.E+-]+|NaN|[+-]Inf)$""")]
    private static partial Regex Sample();
}
