using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Insight;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    private static readonly SearchSpace Mixed = new([
        new FloatParameter("rate", 1e-4, 1, Scale.Log), new CategoricalParameter("optimizer", ["sgd", "adam"]),
        new FloatParameter("momentum", 0, 1, when: new Condition("optimizer", ["sgd"]))]);

    [Fact]
    public async Task Insight_that_reads_only_changes_says_what_reading_everything_says()
    {
        await CreateAsync(space: Mixed, budget: new Budget { MaxTrials = 60, MaxParallelTrials = 20 });
        var (kept, random, open) = (_services.GetRequiredService<InsightStore>(), new Random(5), new List<TrialView>());
        for (var i = 0; i < 150; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            if (open.Count < 8 && (await Dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials is [var taken])
                open.Add(taken);
            if (open.Count == 0)
                break;
            var trial = open[random.Next(open.Count)];
            var (number, token) = (trial.Number, trial.Lease!.Token);
            switch (random.Next(6))
            {
                case 0: await Leases.ReportAsync("s", number, token, new Measurement(i, Random(random, "loss")), default); break;
                case 1: await Leases.ReportAsync("s", number, token, new Measurement(i, Random(random, "value")), default); break;
                case 2: await EndAsync(new TrialOutcome.Completed(new Dictionary<string, double>(Values(random.NextDouble())) { ["loss"] = i })); break;
                case 3: await EndAsync(new TrialOutcome.Pruned(null)); break;
                case 4: await EndAsync(new TrialOutcome.Failed("broke")); break;
                default: await EndAsync(new TrialOutcome.Infeasible("too large")); break;
            }

            if (i % 10 == 0)
                Assert.Equal(await EverythingAsync(new InsightStore(_services.GetRequiredService<Database>())), await EverythingAsync(kept));

            async Task EndAsync(TrialOutcome outcome)
            {
                open.Remove(trial);
                await Trials.FinishAsync("s", number, token, outcome, default);
            }
        }

        Assert.InRange((await kept.HistoryAsync("s", null, 500, default)).Trials, 10, 60);
    }

    [Fact]
    public async Task Insight_over_more_studies_than_fit_into_memory_is_right_and_looks_may_come_at_once()
    {
        var tables = new TrialTables(_services.GetRequiredService<Database>(), mostCells: 100);
        for (var i = 0; i < 4; i++)
        {
            await CreateAsync($"s{i}", Mixed);
            for (var n = 0; n <= i; n++)
                Assert.NotEmpty((await Dispatcher.SuggestAsync($"s{i}", 1, "w", Lease, null, default)).Trials);
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (i, cancellationToken) =>
            Assert.Equal(i % 4 + 1, await tables.ReadAsync($"s{i % 4}", (_, table) => table.Count, cancellationToken)));
        await Assert.ThrowsAsync<NotFoundException>(() => tables.ReadAsync("nowhere", (_, table) => table.Count, default));
    }

    private static Dictionary<string, double> Random(Random random, string metric) => new() { [metric] = random.NextDouble() };

    private static async Task<string> EverythingAsync(InsightStore insight) => JsonSerializer.Serialize<object[]>([
        await insight.HistoryAsync("s", null, 20, default), await insight.ImportancesAsync("s", null, default), await insight.SlicesAsync("s", null, null, 20, default),
        await insight.ContourAsync("s", null, "rate", "momentum", 100, default), await insight.ParallelAsync("s", null, 20, default),
        await insight.CurvesAsync("s", null, 5, 100, default)], HpoJson.Options);
}
