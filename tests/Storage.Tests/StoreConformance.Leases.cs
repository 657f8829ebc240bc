using HpoService.Search.Studies;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task The_pruner_judges_by_the_measurements_of_present_attempts()
    {
        await CreateAsync(pruner: "median", maxAttempts: 3);
        for (var i = 0; i < 5; i++)
        {
            var good = await TakeAsync();
            Assert.False((await ReportAsync(good, 1, 1)).ShouldStop);
            await CompleteAsync(good, 1);
        }

        var trial = await TakeAsync();
        Assert.False((await ReportAsync(trial, 0, 0.5)).ShouldStop);
        Assert.False((await ReportAsync(trial, 1, 9)).ShouldStop); // its best is 0.5
        await Trials.FinishAsync("s", trial.Number, trial.Lease!.Token, new TrialOutcome.Failed("broke"), default);
        trial = await TakeAsync();
        var answer = await ReportAsync(trial, 1, 9); // the 0.5 was another attempt's
        Assert.StartsWith("pruner: The best value by step 1, 9, is worse", answer.Reason, StringComparison.Ordinal);
        Assert.Equal(answer.Reason, (await HeartbeatAsync(trial)).Reason);
    }

    [Fact]
    public async Task The_latest_measurement_is_that_of_the_largest_step()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        foreach (var step in new[] { 1, 3, 2, 3 })
            await ReportAsync(trial, step, step + 0.5);
        Assert.Equal(3, (await Trials.ListAsync("s", null, null, null, 1, false, default)).Items.Single().Measurements.Single().Step);
        Assert.Equal([1, 2, 3], (await Trials.GetAsync("s", 0, default)).Measurements.Select(m => m.Step));
    }

    private Task<ReportAnswer> ReportAsync(TrialView trial, long step, double value) =>
        Leases.ReportAsync("s", trial.Number, trial.Lease!.Token, new Measurement(step, Values(value)), default);
}
