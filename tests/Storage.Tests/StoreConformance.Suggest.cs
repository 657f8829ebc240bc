using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Theory, InlineData("grid"), InlineData("random"), InlineData("tpe")]
    public async Task A_point_that_is_canceled_after_the_space_was_used_up_comes_again(string sampler)
    {
        await CreateAsync(space: new SearchSpace([new BooleanParameter("x")]), sampler: sampler);
        var all = (await Dispatcher.SuggestAsync("s", 5, "w", Lease, null, default)).Trials;
        Assert.Equal(2, all.Count);
        await CompleteAsync(all[1], 1);
        await Trials.CancelAsync("s", all[0].Number, null, default, all[0].Lease!.Token);
        Assert.Equal(StudyState.Active, (await Studies.GetAsync("s", default)).State);
        var again = Assert.Single((await Dispatcher.SuggestAsync("s", 5, "w", Lease, null, default)).Trials);
        Assert.Equal(all[0].Parameters, again.Parameters);
        await CompleteAsync(again, 2);
        Assert.Equal("spaceExhausted", (await Studies.GetAsync("s", default)).CompletionReason);
    }

    [Theory, InlineData("grid"), InlineData("random"), InlineData("tpe")]
    public async Task A_sum_of_steps_is_the_grid_s_value(string sampler)
    {
        await CreateAsync(space: new SearchSpace([new FloatParameter("x", 0, 0.4, step: 0.1)]), sampler: sampler);
        await Trials.EnqueueAsync("s", [new ParameterValues([new("x", 0.1 + 0.2)])], null, default);
        await _services.GetRequiredService<ImportStore>().ImportAsync("s", [new FinishedTrial(TrialState.Completed, new ParameterValues([new("x", 2 * 0.1 + 1e-9)]), Values(1), [], null, null, null, null, null, null)], null, default);
        var seen = new List<double> { 0.2 };
        while ((await Dispatcher.SuggestAsync("s", 10, "w", Lease, null, default)).Trials is { Count: > 0 } trials)
        {
            foreach (var trial in trials)
            {
                seen.Add(trial.Parameters["x"].Number);
                await CompleteAsync(trial, seen.Count);
            }
        }

        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4], seen.Order());
    }

    [Fact]
    public async Task Of_several_objectives_the_same_values_once_more_are_no_improvement()
    {
        await Studies.CreateAsync(new StudyDefinition("two", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("a", Direction.Minimize), new Objective("b", Direction.Maximize)],
            new SamplerSettings("random", 1), new PrunerSettings("none"), new Budget { MaxTrialsWithoutImprovement = 3 }, 1, new Runner()), null, new Dictionary<string, string>(), [], null, default);
        foreach (var (a, b) in new[] { (1, 1), (1, 1), (1, 1), (0, 0), (1, 1), (0, 0), (2, 0) })
        {
            Assert.Equal(StudyState.Active, (await Studies.GetAsync("two", default)).State);
            var trial = await TakeAsync("two");
            await Trials.FinishAsync("two", trial.Number, trial.Lease!.Token, new TrialOutcome.Completed(new Dictionary<string, double> { ["a"] = a, ["b"] = b }), default);
        }

        Assert.Equal("noImprovement", (await Studies.GetAsync("two", default)).CompletionReason);
    }

    private static readonly Idempotency Key = new("key", "hash");

    /// <summary>Makes every later attempt to remember an Idempotency-Key fail, as a crash at that point would.</summary>

    [Fact]
    public async Task A_crash_while_a_key_is_remembered_leaves_no_trial_behind()
    {
        await CreateAsync();
        await Place.RefuseKeysAsync("1 = 1");
        await Assert.ThrowsAnyAsync<Exception>(() => Dispatcher.SuggestAsync("s", 2, "w", Lease, Key, default));
        Assert.Empty((await Trials.ListAsync("s", null, null, null, 10, false, default)).Items);
    }

    [Fact]
    public async Task Queued_and_new_trials_are_handed_out_in_one_change()
    {
        var before = (await CreateAsync()).Version;
        await Trials.EnqueueAsync("s", [new ParameterValues([new("x", 0.25)])], null, default);
        Assert.Equal([0, 1, 2], (await Dispatcher.SuggestAsync("s", 3, "w", Lease, null, default)).Trials.Select(t => t.Number));
        Assert.Equal(before + 2, (await Studies.GetAsync("s", default)).Version);
    }

    [Fact]
    public async Task A_repeated_key_never_shows_the_token_of_somebody_else_s_lease()
    {
        await CreateAsync();
        var mine = (await Dispatcher.SuggestAsync("s", 1, "mine", Lease, Key, default)).Trials.Single();
        _time.Advance(Lease * 2);
        var other = await TakeAsync();
        var replayed = (await Dispatcher.SuggestAsync("s", 1, "mine", Lease, Key, default)).Trials.Single();
        Assert.Equal((mine.Number, mine.Number), (other.Number, replayed.Number));
        Assert.Equal(mine.Lease, replayed.Lease);
        await Assert.ThrowsAsync<StaleLeaseException>(() => CompleteAsync(replayed, 1));
    }

    [Fact]
    public async Task Partial_values_neither_repeat_a_grid_s_point_nor_end_the_study_early()
    {
        await CreateAsync(space: new SearchSpace([new BooleanParameter("x"), new BooleanParameter("y")]), sampler: "grid");
        await Trials.EnqueueAsync("s", [new ParameterValues([new("x", true)])], null, default);
        var trials = new List<TrialView>();
        while ((await Dispatcher.SuggestAsync("s", 10, "w", Lease, null, default)).Trials is { Count: > 0 } more)
            trials.AddRange(more);
        Assert.Equal(4, trials.Select(t => t.Parameters).Distinct().Count());
        Assert.Equal(4, trials.Count);
        foreach (var trial in trials)
            await CompleteAsync(trial, 1);
        Assert.Equal("spaceExhausted", (await Studies.GetAsync("s", default)).CompletionReason);
    }

    [Theory, InlineData("random"), InlineData("sobol"), InlineData("tpe"), InlineData("nsga2")]
    public async Task Partial_values_that_are_alike_are_filled_in_differently_also_one_after_another(string sampler)
    {
        await CreateAsync(space: new SearchSpace([new FloatParameter("x", 0, 1), new IntParameter("y", 0, 4), new IntParameter("z", 0, 1)]), sampler: sampler);
        ParameterValues[] alike = [.. Enumerable.Range(0, 4).Select(_ => new ParameterValues([new("x", 0.25), new("y", 2.0)])), .. Enumerable.Range(0, 5).Select(_ => new ParameterValues([new("x", 0.75), new("z", 0.0)]))];
        await Trials.EnqueueAsync("s", alike, null, default);
        var points = new List<ParameterValues>();
        for (var i = 0; i < alike.Length; i++)
        {
            var trial = await TakeAsync();
            points.Add(trial.Parameters);
            await CompleteAsync(trial, i);
        }

        // Two of the first four are all that there are.
        Assert.Equal(2, points.Take(4).Distinct().Count());
        Assert.Equal(5, points.Skip(4).Distinct().Count());
    }

    [Fact]
    public async Task A_holder_that_comes_back_late_does_not_break_the_parallel_limit()
    {
        await CreateAsync(budget: new Budget { MaxParallelTrials = 2 });
        var (first, second) = (await TakeAsync(), await TakeAsync());
        _time.Advance(Lease * 2);
        await Leases.SweepAsync(default);
        await Studies.PatchAsync("s", null, null, null, budget => budget with { MaxParallelTrials = 1 }, default);
        Assert.False((await HeartbeatAsync(first)).ShouldStop);
        Assert.True((await HeartbeatAsync(second)).ShouldStop);
        Assert.Equal(1, (await Studies.GetAsync("s", default)).TrialCounts[TrialState.Running]);
        Assert.Equal(TrialState.Completed, (await CompleteAsync(second, 1)).State);
    }

    [Fact]
    public async Task A_holder_that_comes_back_late_to_a_paused_study_is_told_to_stop()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        _time.Advance(Lease * 2);
        await Leases.SweepAsync(default);
        await Studies.MoveAsync("s", StudyState.Paused, default);
        Assert.True((await HeartbeatAsync(trial)).ShouldStop);
        Assert.Equal(TrialState.Queued, (await Trials.GetAsync("s", 0, default)).State);
    }

    [Fact]
    public async Task A_study_ends_when_suggest_finds_its_last_trial_lost_for_good()
    {
        await CreateAsync(budget: new Budget { MaxTrials = 1 });
        for (var i = 0; i < LeaseStore.MaxLeaseLosses; i++)
        {
            await TakeAsync();
            _time.Advance(Lease * 2);
        }

        var answer = await Dispatcher.SuggestAsync("s", 1, "w", Lease, null, default);
        Assert.Equal((0, StudyState.Completed), (answer.Trials.Count, answer.StudyState));
    }

    [Fact]
    public async Task The_same_complete_with_its_values_in_another_order_is_the_same()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        foreach (var values in new[] { new Dictionary<string, double> { ["value"] = 1, ["time"] = 2 }, new() { ["time"] = 2, ["value"] = 1 } })
            await Trials.FinishAsync("s", 0, trial.Lease!.Token, new TrialOutcome.Completed(values), default);
        Assert.Equal(1, (await Studies.GetAsync("s", default)).TrialCounts[TrialState.Completed]);
    }

    [Fact]
    public async Task A_repeated_key_enqueues_once()
    {
        await CreateAsync();
        for (var i = 0; i < 2; i++)
        {
            var queued = await Trials.EnqueueAsync("s", [new ParameterValues([new("x", 0.25)])], Key, default);
            Assert.Equal(0, queued.Single().Number);
        }

        Assert.Single((await Trials.ListAsync("s", null, null, null, 10, false, default)).Items);
    }

    private Task<ReportAnswer> HeartbeatAsync(TrialView trial) => Leases.HeartbeatAsync("s", trial.Number, trial.Lease!.Token, null, default);

    [Fact]
    public async Task Nothing_is_kept_of_studies_that_nobody_proposes_for_any_more()
    {
        for (var i = 0; i < 3; i++)
        {
            await CreateAsync($"s{i}", sampler: "tpe", budget: new Budget { MaxTrials = 2 });
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Dispatcher.SuggestAsync($"s{i}", 1, "w", Lease, null, default)));
        }

        for (var i = 0; Dispatcher.Busy > 0; i++) // what is computed ahead takes its turn as well
        {
            Assert.True(i < 1000, "Somebody still holds a turn.");
            await Task.Delay(10);
        }

        Assert.Equal(6, (await Studies.ListAsync(null, [], null, null, 10, default)).Items.Sum(s => s.TrialCounts[TrialState.Running]));
    }
}
