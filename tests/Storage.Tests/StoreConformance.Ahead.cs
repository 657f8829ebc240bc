using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task What_is_computed_ahead_is_what_the_sampler_proposes_for_the_history_at_that_time()
    {
        var study = await CreateAsync(sampler: "gp");
        for (var i = 0; i < 12; i++)
        {
            if (i > 0)
                await UntilAsync(() => Dispatcher.IsAhead(study.Id));
            var expected = SamplerRegistry.Create(study.Definition.Sampler, study.Definition.Space, study.Definition.Objectives).Suggest(await HistoryAsync(study), 1, default);
            var trial = await TakeAsync();
            Assert.Equal((i, expected[0].Parameters, expected[0].SuggestedBy), (trial.Number, trial.Parameters, trial.SuggestedBy));
            await CompleteAsync(trial, Math.Abs(trial.Parameters["x"].Number - 0.3));
        }
    }

    // Or the same search would go another way each time, by how long a trial takes.
    [Theory, InlineData("gp"), InlineData("tpe"), InlineData("nsga2"), InlineData("cmaes")]
    public async Task Who_runs_one_trial_at_a_time_gets_what_the_sampler_proposes_knowing_all_results_however_soon_it_asks(string sampler)
    {
        var study = await CreateAsync(sampler: sampler);
        for (var i = 0; i < 25; i++)
        {
            var expected = SamplerRegistry.Create(study.Definition.Sampler, study.Definition.Space, study.Definition.Objectives).Suggest(await HistoryAsync(study), 1, default);
            var trial = await TakeAsync();
            Assert.Equal((i, expected[0].Parameters, expected[0].SuggestedBy), (trial.Number, trial.Parameters, trial.SuggestedBy));
            await Task.Delay(i % 3 * 10);
            await CompleteAsync(trial, Math.Abs(trial.Parameters["x"].Number - 0.3));
        }
    }

    [Fact]
    public async Task Of_two_clients_each_finds_a_point_at_hand_some_time_after_its_trial_has_ended()
    {
        var study = await CreateAsync(sampler: "gp");
        var (ends, runs) = (await TakeAsync(), await TakeAsync());
        for (var i = 0; i < 6; i++)
        {
            await CompleteAsync(ends, Math.Abs(ends.Parameters["x"].Number - 0.3));
            await UntilAsync(() => Dispatcher.IsAhead(study.Id));
            (ends, runs) = (runs, await TakeAsync());
        }
    }

    [Fact]
    public async Task Nothing_is_proposed_ahead_for_one_client_while_its_trial_runs()
    {
        var study = await CreateAsync(sampler: "nsga2");
        var database = _services.GetRequiredService<Database>();
        var proposing = new Proposing(database, _time);
        var isKnown = new List<bool>();
        var ahead = new ComputedAhead((id, count, known) => proposing.LookAheadAsync(id, count, others: 0, (row, asked) =>
        {
            var proposal = known(row, asked);
            isKnown.Add(proposal is not null);
            return proposal;
        }, default), _time);
        await EnqueueAsync(1);
        for (var i = 1; i <= 3; i++)
        {
            // The first one comes from the queue.
            var proposal = i == 1 ? null : await proposing.ProposeAsync(study.Id, 1, takes: true, others: 0, default);
            await database.TurnAsync(async turn =>
            {
                var write = turn.Study("s", _time);
                if (proposal is null)
                    await LeaseStore.TakeAsync(write, 1, "w", Lease);
                else
                    await LeaseStore.StartAsync(write, Proposing.Add(write, proposal, 1, default)[0], "w", Lease);
                ahead.HandedOut(write);
                return true;
            }, default);
            ahead.Expect(study.Id);
            await UntilAsync(() => isKnown.Count == 2 * i - 1);
            await Trials.CancelAsync("s", i - 1, null, default);
            ahead.Changed([study.Id]);
            await UntilAsync(() => ahead.IsReady(study.Id));
            Assert.Equal(Enumerable.Range(1, 2 * i).Select(n => n % 2 == 1), isKnown);
            ahead.Forget();
        }
    }

    // It was counted as no result that the points at hand did not know of.
    [Theory, InlineData("gp"), InlineData("tpe"), InlineData("cmaes")]
    public async Task Points_that_took_a_trial_for_running_are_not_handed_out_after_its_end_without_a_result(string sampler)
    {
        var study = await CreateAsync(sampler: sampler);
        await EnqueueAsync(1);
        for (var i = 0; i < 12; i++)
        {
            var trial = await TakeAsync();
            await Task.Delay(i % 4 * 10);
            if (i % 2 == 0)
                await Trials.CancelAsync("s", trial.Number, null, default);
            else
                await CompleteAsync(trial, Math.Abs(trial.Parameters["x"].Number - 0.3));
            var expected = SamplerRegistry.Create(study.Definition.Sampler, study.Definition.Space, study.Definition.Objectives).Suggest(await HistoryAsync(study), 1, default);
            var next = await TakeAsync();
            Assert.Equal((expected[0].Parameters, expected[0].SuggestedBy), (next.Parameters, next.SuggestedBy));
            await CompleteAsync(next, Math.Abs(next.Parameters["x"].Number - 0.3));
        }
    }

    [Theory, InlineData("gp"), InlineData("nsga2")]
    public async Task What_is_computed_ahead_exceeds_no_budget_and_repeats_no_point_though_others_add_trials_too(string sampler)
    {
        var study = await CreateAsync(sampler: sampler, budget: new Budget { MaxTrials = 30, MaxParallelTrials = 5 });
        var other = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddHpoStorage(Place.Open()).BuildServiceProvider();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(client => Task.Run(async () =>
        {
            var dispatcher = client % 3 == 0 ? other.GetRequiredService<TrialDispatcher>() : Dispatcher;
            while (await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default) is { StudyState: StudyState.Active } dispatch)
            {
                foreach (var trial in dispatch.Trials)
                    await CompleteAsync(trial, trial.Parameters["x"].Number);
                if (client == 1)
                    await EnqueueAsync(dispatch.Trials.Count);
                Assert.InRange((await Studies.GetAsync("s", default)).TrialCounts[TrialState.Running], 0, 5);
            }
        })));
        var trials = (await Trials.ListAsync("s", null, null, null, 100, false, default)).Items;
        Assert.Equal(Enumerable.Range(0, 30), trials.Select(t => t.Number));
        Assert.All(trials, t => Assert.Equal(TrialState.Completed, t.State));
        var proposed = trials.Where(t => t.SuggestedBy != "enqueued").Select(t => t.Parameters).ToList();
        Assert.Equal(proposed.Count, proposed.Distinct().Count());
        await other.DisposeAsync();
    }

    // A partial trial that is filled has no new number: what was kept would be proposed for it again.
    [Fact]
    public async Task Points_left_over_are_kept_for_others_only_while_no_trial_waits_in_the_queue()
    {
        var study = await CreateAsync(sampler: "nsga2");
        var ahead = new ComputedAhead((_, _, _) => Task.FromResult<Proposal?>(null), _time);
        Task KeepAsync() => _services.GetRequiredService<Database>().TurnAsync(turn =>
        {
            var write = turn.Study("s", _time);
            ahead.KeepRest(write, new Proposal(write.Row.NextNumber, 0, 2, [new(new([new("x", 0.1)]), "nsga2"), new(new([new("x", 0.2)]), "nsga2")]));
            return Task.FromResult(true);
        }, default);
        await KeepAsync();
        Assert.True(ahead.Has(study.Id, 2));
        ahead.Forget();
        await EnqueueAsync(1);
        await KeepAsync();
        Assert.False(ahead.Has(study.Id, 1));
    }

    [Fact]
    public async Task Points_at_hand_are_proposed_anew_only_once_something_has_ended_or_more_than_half_of_them_are_taken()
    {
        var study = await CreateAsync(sampler: "nsga2");
        var database = _services.GetRequiredService<Database>();
        var proposed = 0;
        var ahead = new ComputedAhead(async (id, count, known) =>
        {
            await using var db = database.Open();
            var row = await db.Studies.AsNoTracking().SingleAsync(s => s.Id == id);
            return known(row, count) ?? Proposal.Of(row, count, [.. Enumerable.Range(0, count).Select(i => new Suggestion(new([new("x", 0.1 * ++proposed)]), "nsga2"))]);
        }, _time);
        async Task ComputeAsync()
        {
            ahead.Changed([study.Id]);
            await UntilAsync(() => ahead.IsReady(study.Id));
        }

        Task TakeAsync() => database.TurnAsync(turn =>
        {
            var write = turn.Study("s", _time);
            return Task.FromResult(Proposing.Add(write, ahead.Take(write, 1, others: 0), 1, default));
        }, default);
        ahead.Expect(study.Id);
        for (var i = 0; i < 2; i++)
        {
            await ComputeAsync();
            await TakeAsync();
        }

        await ComputeAsync();
        Assert.Equal(4, proposed);
        await TakeAsync();
        await ComputeAsync();
        Assert.Equal(8, proposed);
        await Trials.CancelAsync("s", 0, null, default);
        await ComputeAsync();
        Assert.Equal(12, proposed);
        Assert.Equal([0.1, 0.2, 0.3], (await Trials.ListAsync("s", null, null, null, 100, false, default)).Items.Select(t => Math.Round(t.Parameters["x"].Number, 9)));
    }

    [Theory, InlineData("gp"), InlineData("nsga2")]
    public async Task Many_who_wait_together_get_each_point_of_a_finite_space_once_and_then_its_end(string sampler)
    {
        var space = new SearchSpace([new IntParameter("x", 1, 12), new IntParameter("y", 1, 5)]);
        var study = await Studies.CreateAsync(
            new StudyDefinition("f", space, [new Objective("value", Direction.Minimize)], new SamplerSettings(sampler, 1), new PrunerSettings("none"), new Budget { MaxParallelTrials = 100 }, 2, new Runner()),
            null, new Dictionary<string, string>(), [], null, default);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            while (await Dispatcher.SuggestAsync("f", 1, "w", Lease, null, default) is { StudyState: StudyState.Active } dispatch)
                foreach (var trial in dispatch.Trials)
                    await Trials.FinishAsync("f", trial.Number, trial.Lease!.Token, new TrialOutcome.Completed(new Dictionary<string, double> { ["value"] = trial.Parameters["x"].Number }), default);
        })));
        var trials = (await Trials.ListAsync("f", null, null, null, 100, false, default)).Items;
        Assert.Equal(Enumerable.Range(0, 60), trials.Select(t => t.Number));
        Assert.Equal(60, trials.Select(t => t.Parameters).Distinct().Count());
    }

    [Fact]
    public async Task What_is_computed_ahead_comes_to_rest_though_a_lost_trial_was_handed_out_in_place_of_a_new_one()
    {
        var study = await CreateAsync(sampler: "gp");
        var lost = await TakeAsync();
        _time.Advance(Lease * 0.6);
        await TakeAsync();
        await TakeAsync();
        await UntilAsync(() => Dispatcher.IsAhead(study.Id));
        _time.Advance(Lease * 0.6);
        Assert.Equal((lost.Number, 2), (await TakeAsync()) is var again ? (again.Number, again.Attempt) : default);
        await UntilAsync(() => Dispatcher.IsAhead(study.Id));
    }

    [Fact]
    public async Task The_sampler_is_told_the_constraints_and_by_how_much_a_trial_broke_them()
    {
        var study = await Studies.CreateAsync(
            new StudyDefinition("c", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("value", Direction.Minimize)], new SamplerSettings("gp", 1), new PrunerSettings("none"),
                new Budget(), 2, new Runner(), constraints: [new OutcomeConstraint("latency", upperBound: 5)]),
            null, new Dictionary<string, string>(), [], null, default);
        foreach (var latency in new[] { 4.0, 7 })
        {
            var trial = await TakeAsync("c");
            await Trials.FinishAsync("c", trial.Number, trial.Lease!.Token, new TrialOutcome.Completed(new Dictionary<string, double> { ["value"] = 1, ["latency"] = latency }), default);
        }

        await using var db = _services.GetRequiredService<Database>().Open();
        var history = await new Histories(withMeasurements: false).GetAsync(db, await db.Studies.SingleAsync(s => s.Name == "c"), study.Definition, default);
        Assert.Equal(study.Definition.Constraints, history.Constraints);
        Assert.Equal([(TrialState.Completed, 4), (TrialState.Infeasible, 7)], history.Trials.Select(t => (t.State, t.Values["latency"])));
    }

    private async Task EnqueueAsync(int count)
    {
        try
        {
            await Trials.EnqueueAsync("s", [.. Enumerable.Repeat(new ParameterValues([new("x", 0.5)]), count)], null, default);
        }
        catch (Exception e) when (e is IllegalMoveException or StudyClosedException)
        {
            // the budget is used up
        }
    }

    private async Task<StudyHistory> HistoryAsync(StudyView study)
    {
        await using var db = _services.GetRequiredService<Database>().Open();
        var trials = await db.Trials.AsNoTracking().OrderBy(t => t.Number).ToListAsync();
        return new StudyHistory(study.Definition.Space, study.Definition.Objectives, trials.ConvertAll(t => t.ToSnapshot()));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }
}
