using HpoService.Search;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task What_is_written_is_answered_though_the_request_has_run_out_of_time_by_then()
    {
        await CreateAsync(pruner: "median");
        var trial = await TakeAsync();
        await _services.GetRequiredService<WorkerStore>().RegisterAsync("w1", 1, default);
        Assert.Equal("text", await LateAsync(async late => (await Studies.PatchAsync("s", null, _ => "text", null, null, late)).Description));
        Assert.False(await LateAsync(async late => (await Leases.ReportAsync("s", trial.Number, trial.Lease!.Token, new Measurement(1, Values(1)), late)).ShouldStop));
        Assert.Equal("draining", await LateAsync(async late => (await _services.GetRequiredService<WorkerStore>().DrainAsync("w1", late)).State));
        Assert.Equal(StudyState.Paused, await LateAsync(async late => (await Studies.MoveAsync("s", StudyState.Paused, late)).State));
    }

    [Fact]
    public async Task The_same_failure_twice_has_one_effect_however_late_and_another_one_is_refused()
    {
        await CreateAsync(maxAttempts: 2);
        var first = await TakeAsync();
        await FailAsync(first, "broke");
        await Assert.ThrowsAsync<IllegalMoveException>(() => FailAsync(first, "otherwise"));
        var second = await TakeAsync();
        Assert.Equal(TrialState.Running, (await FailAsync(first, "broke")).State);
        await Trials.ReleaseAsync("s", second.Number, second.Lease!.Token, default);
        Assert.Equal(TrialState.Queued, (await FailAsync(first, "broke")).State);
        await Assert.ThrowsAsync<IllegalMoveException>(() => FailAsync(first, "otherwise"));
        second = await TakeAsync();
        await FailAsync(second, "broke again");
        foreach (var (trial, reason) in new[] { (first, "broke"), (second, "broke again") })
            Assert.Equal((TrialState.Failed, "broke again"), await FailAsync(trial, reason) is var same ? (same.State, same.Error) : default);
        await Assert.ThrowsAsync<IllegalMoveException>(() => FailAsync(second, "otherwise"));
    }

    [Fact]
    public async Task A_budget_of_fewer_trials_than_there_are_is_refused()
    {
        await CreateAsync(budget: new Budget { MaxTrials = 10 });
        await Trials.EnqueueAsync("s", [.. Enumerable.Range(0, 8).Select(i => new ParameterValues([new("x", i / 10.0)]))], null, default);
        Task<StudyView> PatchAsync(Func<Budget, Budget> budget) => Studies.PatchAsync("s", null, null, null, budget, default);
        var refused = await Assert.ThrowsAsync<InvalidStudyException>(() => PatchAsync(b => b with { MaxTrials = 7 }));
        Assert.Equal("/budget/maxTrials", refused.Violations.Single().Pointer);
        Assert.Equal(8, (await PatchAsync(b => b with { MaxTrials = 8 })).Definition.Budget.MaxTrials);
        Assert.Equal(8, (await Dispatcher.SuggestAsync("s", 20, "w", Lease, null, default)).Trials.Count);
    }

    [Fact]
    public async Task A_trial_that_was_canceled_before_it_had_all_values_can_be_imported_elsewhere()
    {
        var space = new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);
        Task<StudyView> CopyAsync(string name, FinishedTrial trial) => Studies.CreateAsync(
            new StudyDefinition(name, space, [new Objective("value", Direction.Minimize)], new SamplerSettings("random", 1), new PrunerSettings("none"), new Budget(), 2, new Runner()),
            null, new Dictionary<string, string>(), [], null, default, [trial]);
        var canceled = new FinishedTrial(TrialState.Canceled, new ParameterValues([new("x", 0.5)]), null, [], "the study was canceled", null, null, null, null, null);
        var copy = await CopyAsync("copy", canceled);
        Assert.Equal(1, copy.TrialCounts[TrialState.Canceled]);
        Assert.Equal(canceled.Parameters, (await Trials.GetAsync("copy", 0, default)).Parameters);
        foreach (var wrong in new[] { canceled with { State = TrialState.Failed }, canceled with { Parameters = new ParameterValues([new("x", 5)]) } })
            await Assert.ThrowsAsync<InvalidParameterValuesException>(() => CopyAsync("wrong", wrong));
        Assert.Equal(["x", "y"], (await TakeAsync("copy")).Parameters.Keys);
    }

    [Fact]
    public async Task Given_values_come_back_though_the_sampler_would_leave_them_inactive()
    {
        await CreateAsync(space: new SearchSpace([new CategoricalParameter("c", ["a", "b"]), new FloatParameter("m", 0, 1, when: new Condition("c", ["a"])), new FloatParameter("n", 0, 1, when: new Condition("c", ["b"]))]));
        await Trials.EnqueueAsync("s", [.. Enumerable.Range(0, 8).Select(i => new ParameterValues([new("m", i / 10.0)]))], null, default);
        var trials = (await Dispatcher.SuggestAsync("s", 8, "w", Lease, null, default)).Trials;
        Assert.Equal(Enumerable.Range(0, 8).Select(i => ("a", i / 10.0)), trials.Select(t => (t.Parameters["c"].Text, t.Parameters["m"].Number)));
        var refused = await Assert.ThrowsAsync<InvalidParameterValuesException>(() => Trials.EnqueueAsync("s", [new ParameterValues([new("m", 0.5), new("n", 0.5)])], null, default));
        Assert.Equal("/trials/0", refused.Violations.Single().Pointer);
    }

    [Fact]
    public async Task A_constraint_s_metric_is_shown_however_many_others_were_reported()
    {
        var study = await Studies.CreateAsync(
            new StudyDefinition("s", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("value", Direction.Minimize)], new SamplerSettings("random", 1), new PrunerSettings("none"), new Budget(), 2, new Runner(),
                constraints: [new OutcomeConstraint("latencyMs", upperBound: 5)]),
            null, new Dictionary<string, string>(), [], null, default);
        var trial = await TakeAsync();
        await Leases.ReportAsync("s", 0, trial.Lease!.Token, new Measurement(1, Enumerable.Range(0, 200).ToDictionary(i => $"m{i}", i => (double)i)), default);
        await Trials.FinishAsync("s", 0, trial.Lease!.Token, new TrialOutcome.Completed(new Dictionary<string, double> { ["value"] = 1, ["latencyMs"] = 3, ["seconds"] = 2 }), default);
        var metrics = await _services.GetRequiredService<InsightStore>().MetricsAsync($"{study.Id}", default);
        Assert.All(new[] { "value", "latencyMs", "seconds" }, metric => Assert.Contains(metric, metrics));
    }

    [Fact]
    public async Task What_is_remembered_of_a_deleted_study_does_not_fit_the_next_one_of_its_name()
    {
        Assert.Equal(1, (await CreateAsync()).Version);
        await CreateAsync("neighbour");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 5; i++)
                await TakeAsync();
            var old = (await Studies.GetAsync("s", default)).Version;
            await Studies.DeleteAsync("s", default);
            Assert.InRange((await CreateAsync()).Version, old + 1, long.MaxValue);
            await Assert.ThrowsAsync<VersionMismatchException>(() => Studies.PatchAsync("s", [old], _ => "another", null, null, default));
        }
    }

    // As when a request's time is over just after the commit.
    private async Task<T> LateAsync<T>(Func<CancellationToken, Task<T>> request)
    {
        var database = _services.GetRequiredService<Database>();
        using var late = new CancellationTokenSource();
        void Cancel(IReadOnlyCollection<long> changed) => late.Cancel();
        database.Committed += Cancel;
        try
        {
            return await request(late.Token);
        }
        finally
        {
            database.Committed -= Cancel;
        }
    }

    private Task<TrialView> FailAsync(TrialView trial, string reason) => Trials.FinishAsync("s", trial.Number, trial.Lease!.Token, new TrialOutcome.Failed(reason), default);
}
