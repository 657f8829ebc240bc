using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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

    [Fact]
    public async Task A_worker_takes_back_what_it_held_before_it_died_but_nothing_of_clients()
    {
        var models = _services.GetRequiredService<ModelStore>();
        await models.PublishAsync([new ModelCard("m", "", "{}", [new FloatParameter("x", 0, 1)], [], [new Objective("value", Direction.Minimize)])], default);
        await CreateAsync("inside", runner: new Runner(Runner.Training, "m"), budget: new Budget { MaxParallelTrials = 3 });
        await Dispatcher.FillQueueAsync((await Studies.GetAsync("inside", default)).Id, 3, default);
        await Leases.TakeAsync("inside", "machine", Lease, default);
        await Leases.TakeAsync("inside", "other", Lease, default);
        await CreateAsync();
        await Dispatcher.SuggestAsync("s", 1, "machine", Lease, null, default);

        Assert.Equal(1, await Leases.ReclaimAsync("machine", default));
        Assert.Equal([TrialState.Queued, TrialState.Running, TrialState.Queued], (await Trials.ListAsync("inside", null, null, null, 9, false, default)).Items.Select(t => t.State));
        Assert.Equal(1, (await Studies.GetAsync("s", default)).TrialCounts[TrialState.Running]);
        Assert.Equal((0, 2), (await Leases.TakeAsync("inside", "machine", Lease, default)) is { } again ? (again.Number, again.Attempt) : default);
    }

    [Fact]
    public async Task The_queue_of_a_study_inside_is_filled_for_the_slots_there_are()
    {
        var models = _services.GetRequiredService<ModelStore>();
        await models.PublishAsync([new ModelCard("m", "", "{}", [new FloatParameter("x", 0, 1)], [], [new Objective("value", Direction.Minimize)])], default);
        var id = (await CreateAsync("inside", runner: new Runner(Runner.Training, "m"))).Id;
        Assert.Equal(2, await Dispatcher.FillQueueAsync(id, 2, default));
        await Leases.TakeAsync("inside", "machine", Lease, default);
        Assert.Equal(1, await Dispatcher.FillQueueAsync(id, 2, default));
        Assert.Equal(2, await Dispatcher.FillQueueAsync(id, 3, default));
    }

    [Fact]
    public async Task A_study_that_cannot_be_swept_keeps_no_other_one_from_it()
    {
        foreach (var name in new[] { "before", "broken", "after" })
        {
            await CreateAsync(name, budget: new Budget { MaxSeconds = 3600 });
            await TakeAsync(name);
        }

        await _services.GetRequiredService<Database>().WriteAsync(
            db => db.Studies.Where(s => s.Name == "broken").ExecuteUpdateAsync(set => set.SetProperty(s => s.BudgetJson, "what a later version wrote")), default);
        _time.Advance(2 * Lease);
        var failure = await Assert.ThrowsAsync<AggregateException>(() => Leases.SweepAsync(default));
        Assert.Contains("study 2", Assert.Single(failure.InnerExceptions).Message, StringComparison.Ordinal);
        foreach (var name in new[] { "before", "after" })
            Assert.Equal(1, (await Studies.GetAsync(name, default)).TrialCounts[TrialState.Queued]);
        Assert.Empty(await Studies.NeedingTrialsAsync(2, true, default));
    }

    [Fact]
    public async Task Nor_does_it_keep_their_leases_from_running_out()
    {
        await CreateAsync();
        await CreateAsync("broken", budget: new Budget { MaxSeconds = 3600 });
        await TakeAsync();
        await _services.GetRequiredService<Database>().WriteAsync(
            db => db.Studies.Where(s => s.Name == "broken").ExecuteUpdateAsync(set => set.SetProperty(s => s.BudgetJson, "what a later version wrote")), default);
        for (var second = 0; second < 30; second++)
        {
            await Assert.ThrowsAsync<AggregateException>(() => Leases.KeepSweepingAsync(default));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, (await Studies.GetAsync("s", default)).TrialCounts[TrialState.Queued]);
    }

    [Fact]
    public async Task Leases_run_out_also_after_the_clock_was_put_back()
    {
        await CreateAsync();
        await Leases.KeepSweepingAsync(default);
        _time.Advance(TimeSpan.FromHours(-1));
        await TakeAsync();
        for (var second = 0; second < 30; second++)
        {
            await Leases.KeepSweepingAsync(default);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(TrialState.Queued, (await Trials.GetAsync("s", 0, default)).State);
    }

    [Fact]
    public async Task After_a_restart_a_long_lease_that_ran_out_is_waited_for_ten_minutes_while_others_work()
    {
        await CreateAsync(sampler: "gp");
        var dead = (await Dispatcher.SuggestAsync("s", 1, "w", TimeSpan.FromDays(1), null, default)).Trials.Single();
        _time.Advance(TimeSpan.FromDays(2));
        await Leases.SweepAsync(default);
        Assert.Equal(TrialState.Queued, (await Trials.GetAsync("s", dead.Number, default)).State);
        var taken = new List<int>();
        for (var second = 0; second < 660; second++)
        {
            await Leases.KeepSweepingAsync(default);
            if (second % 120 == 0)
            {
                var trial = await TakeAsync();
                taken.Add(trial.Number);
                await CompleteAsync(trial, second);
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([1, 2, 3, 4, 5, dead.Number], taken);
    }

    [Fact]
    public async Task A_lease_that_its_holder_renews_late_was_not_lost()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        for (var i = 0; i <= LeaseStore.MaxLeaseLosses; i++)
        {
            _time.Advance(2 * Lease);
            Assert.Equal(1, await Leases.SweepAsync(default));
            Assert.False((await HeartbeatAsync(trial)).ShouldStop);
        }

        await CompleteAsync(trial, 1);
        Assert.Equal((TrialState.Completed, 1), ((await Trials.GetAsync("s", 0, default)) is var done ? (done.State, done.Attempt) : default));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Where_leases_could_not_be_renewed_their_holders_have_the_time_of_their_lease_for_it(bool isOutage)
    {
        await CreateAsync();
        Assert.Equal(0, await Leases.KeepSweepingAsync(default));
        var (living, dead) = (await TakeAsync(), await TakeAsync());
        if (isOutage)
        {
            for (var i = 0; i < 5; i++)
            {
                _time.Advance(0.4 * Lease);
                _services.GetRequiredService<Database>().AnnounceOutage();
                Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "other", Lease, null, default)).Trials.IntersectBy([0, 1], t => t.Number));
            }
        }
        else
        {
            _time.Advance(10 * Lease);
        }

        // Also before this process has come to itself.
        Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "other", 9 * Lease, null, default)).Trials.IntersectBy([0, 1], t => t.Number));
        Assert.Equal(0, await Leases.KeepSweepingAsync(default));
        Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "other", 9 * Lease, null, default)).Trials.IntersectBy([0, 1], t => t.Number));
        for (var i = 0; i < 3; i++)
        {
            Assert.False((await HeartbeatAsync(living)).ShouldStop);
            _time.Advance(0.4 * Lease);
            await Leases.KeepSweepingAsync(default);
        }

        Assert.Equal(TrialState.Running, (await Trials.GetAsync("s", living.Number, default)).State);
        Assert.Equal((dead.Number, 2), (await TakeAsync()) is var again ? (again.Number, again.Attempt) : default);
    }

    [Fact]
    public async Task What_another_process_swept_meanwhile_waits_for_its_holder_too()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        await using (var other = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddHpoStorage(Place.Open()).BuildServiceProvider())
        {
            _time.Advance(9 * Lease);
            Assert.Equal(1, await other.GetRequiredService<LeaseStore>().SweepAsync(default));
        }

        await Leases.KeepSweepingAsync(default);
        Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "other", Lease, null, default)).Trials.IntersectBy([trial.Number], t => t.Number));
        Assert.False((await HeartbeatAsync(trial)).ShouldStop);
        await CompleteAsync(trial, 1);
    }

    [Fact]
    public async Task What_a_dead_worker_held_need_not_wait()
    {
        var models = _services.GetRequiredService<ModelStore>();
        await models.PublishAsync([new ModelCard("m", "", "{}", [new FloatParameter("x", 0, 1)], [], [new Objective("value", Direction.Minimize)])], default);
        await CreateAsync("inside", runner: new Runner(Runner.Training, "m"));
        await Dispatcher.FillQueueAsync((await Studies.GetAsync("inside", default)).Id, 1, default);
        await Leases.TakeAsync("inside", "machine", Lease, default);
        await Leases.ReclaimAsync("machine", default);
        await Leases.KeepSweepingAsync(default);
        Assert.Equal(2, (await Leases.TakeAsync("inside", "machine", Lease, default))!.Attempt);
    }

    private Task<ReportAnswer> ReportAsync(TrialView trial, long step, double value) =>
        Leases.ReportAsync("s", trial.Number, trial.Lease!.Token, new Measurement(step, Values(value)), default);
}
