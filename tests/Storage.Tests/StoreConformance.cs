using HpoService.Search;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

/// <summary>What every database must do. A provider's test class says only how to open one.</summary>
public abstract partial class StoreConformance(string kind) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private readonly ManualTime _time = new();
    private ServiceProvider _services = null!;

    /// <summary>The test's database.</summary>
    protected TestDatabase Place { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Place = await TestDatabase.NewAsync(kind);
        var database = Place.Open();
        await database.MigrateAsync(default);
        _services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddHpoStorage(database).BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await using (var db = _services.GetRequiredService<Database>().Open())
        {
            // After every test: a study's counts are what counting gives.
            var counted = await db.Trials.GroupBy(t => new { t.StudyId, t.State }).Select(g => new { g.Key, Count = g.Count() }).ToListAsync();
            foreach (var study in await db.Studies.ToListAsync())
                Assert.All(Enum.GetValues<TrialState>(), state => Assert.Equal(counted.FirstOrDefault(c => c.Key.StudyId == study.Id && c.Key.State == state)?.Count ?? 0, study.CountOf(state)));
        }

        await _services.DisposeAsync();
        await Place.DisposeAsync();
    }

    [Fact]
    public async Task A_definition_comes_back_as_it_was_stored()
    {
        var space = new SearchSpace([
            new FloatParameter("a", 1e-5, 1, Scale.Log), new FloatParameter("b", 0, 1, step: 0.1), new IntParameter("c", 1, 99, Scale.Log),
            new OrdinalParameter("d", [1.0, 2.0]), new CategoricalParameter("e", ["x", true, 3.0]), new BooleanParameter("f"),
            new FloatParameter("g", 0, 1, when: new Condition("e", ["x"])), new IntParameter("h", 0, 5, when: new Condition("c", 2, null)),
        ]);
        var study = await CreateAsync(space: space);
        Assert.Equal(space.Parameters.Select(ParameterSpec.From).Select(HpoText), study.Definition.Space.Parameters.Select(ParameterSpec.From).Select(HpoText));
        Assert.Equal(study.Version, (await Studies.GetAsync($"{study.Id}", default)).Version);
    }

    [Fact]
    public async Task A_lease_that_runs_out_brings_the_trial_back_with_its_number()
    {
        await CreateAsync();
        var first = await TakeAsync();
        _time.Advance(Lease * 1.1);
        Assert.Equal(1, await Leases.SweepAsync(default));
        var again = await TakeAsync();
        Assert.Equal((first.Number, 2), (again.Number, again.Attempt));
        Assert.NotEqual(first.Lease!.Token, again.Lease!.Token);
        await Assert.ThrowsAsync<StaleLeaseException>(() => CompleteAsync(first, 1));
        await CompleteAsync(again, 1);
    }

    [Fact]
    public async Task A_late_result_counts_while_nobody_else_holds_the_trial()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        _time.Advance(Lease * 5);
        await Leases.SweepAsync(default);
        Assert.Equal(TrialState.Completed, (await CompleteAsync(trial, 0.5)).State);
    }

    [Fact]
    public async Task Reports_and_heartbeats_renew_the_lease()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Lease * 0.9);
            var answer = await Leases.ReportAsync("s", trial.Number, trial.Lease!.Token, new Measurement(i, Values(i)), default);
            Assert.Equal((false, _time.GetUtcNow() + Lease), (answer.ShouldStop, answer.LeaseExpiresAt));
        }

        Assert.Equal(0, await Leases.SweepAsync(default));
        Assert.Equal(3, (await Trials.GetAsync("s", trial.Number, default)).Measurements.Count);
    }

    [Fact]
    public async Task A_trial_that_loses_its_lease_again_and_again_fails()
    {
        await CreateAsync();
        for (var i = 0; i < LeaseStore.MaxLeaseLosses; i++)
        {
            Assert.Equal(0, (await TakeAsync()).Number);
            _time.Advance(Lease * 2);
            await Leases.SweepAsync(default);
        }

        Assert.Equal(TrialState.Failed, (await Trials.GetAsync("s", 0, default)).State);
    }

    [Theory, InlineData("grid"), InlineData("random"), InlineData("gp")]
    public async Task A_finite_space_with_a_point_that_always_breaks_is_exhausted(string sampler)
    {
        await CreateAsync(maxAttempts: 1, sampler: sampler, space: new SearchSpace([new CategoricalParameter("c", ["good", "bad", "fine"])]));
        for (var i = 0; i < 3; i++)
        {
            var trial = await TakeAsync();
            await Trials.FinishAsync("s", trial.Number, trial.Lease!.Token, trial.Parameters["c"].Text == "bad" ? new TrialOutcome.Failed("broke") : new TrialOutcome.Completed(Values(i)), default);
        }

        Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials);
        var study = await Studies.GetAsync("s", default);
        Assert.Equal(("spaceExhausted", 2, 1), (study.CompletionReason, study.TrialCounts[TrialState.Completed], study.TrialCounts[TrialState.Failed]));
    }

    [Fact]
    public async Task Handing_a_trial_back_costs_no_attempt()
    {
        await CreateAsync(maxAttempts: 1);
        var trial = await TakeAsync();
        await Trials.ReleaseAsync("s", trial.Number, trial.Lease!.Token, default);
        Assert.Equal(trial.Number, (await TakeAsync()).Number);
    }

    [Fact]
    public async Task The_best_trial_follows_the_objective_s_direction_and_the_target_ends_the_study()
    {
        await CreateAsync(objective: new Objective("value", Direction.Minimize, target: 0.1));
        foreach (var value in new[] { 0.5, 0.3, 0.4 })
            await CompleteAsync(await TakeAsync(), value);
        var study = await Studies.GetAsync("s", default);
        Assert.Equal((1, StudyState.Active), (study.Best!.Number, study.State));
        await CompleteAsync(await TakeAsync(), 0.05);
        study = await Studies.GetAsync("s", default);
        Assert.Equal((StudyState.Completed, "target"), (study.State, study.CompletionReason));
    }

    [Fact]
    public async Task A_finite_space_ends_the_study_when_it_is_used_up()
    {
        await CreateAsync(space: new SearchSpace([new BooleanParameter("x")]), sampler: "grid");
        await CompleteAsync(await TakeAsync(), 1);
        await CompleteAsync(await TakeAsync(), 2);
        Assert.Empty((await Dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials);
        Assert.Equal("spaceExhausted", (await Studies.GetAsync("s", default)).CompletionReason);
    }

    [Fact]
    public async Task A_study_s_time_and_patience_end_it()
    {
        await CreateAsync("time", budget: new Budget { MaxSeconds = 60 });
        await CreateAsync("patience", budget: new Budget { MaxTrialsWithoutImprovement = 2 });
        for (var i = 0; i < 3; i++)
            await CompleteAsync(await TakeAsync("patience"), 1, "patience");
        _time.Advance(TimeSpan.FromSeconds(61));
        await Leases.SweepAsync(default);
        Assert.Equal("maxSeconds", (await Studies.GetAsync("time", default)).CompletionReason);
        Assert.Equal("noImprovement", (await Studies.GetAsync("patience", default)).CompletionReason);
    }

    [Fact]
    public async Task Partial_values_are_kept_and_the_rest_is_filled_in()
    {
        await CreateAsync(space: new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]));
        await Trials.EnqueueAsync("s", [new ParameterValues([new("x", 0.25)])], null, default);
        var trial = await TakeAsync();
        Assert.Equal((0, 0.25), (trial.Number, trial.Parameters["x"].Number));
        Assert.True(trial.Parameters.ContainsKey("y"));
    }

    [Fact]
    public async Task Changes_since_a_version_are_exactly_those_after_it()
    {
        await CreateAsync();
        var first = await TakeAsync();
        await TakeAsync();
        var version = (await Studies.GetAsync("s", default)).Version;
        await CompleteAsync(first, 1);
        Assert.Equal([0], (await Trials.ListAsync("s", null, version, null, 10, false, default)).Items.Select(t => t.Number));
    }

    [Fact]
    public async Task Every_change_of_a_study_comes_after_all_changes_before_also_its_end()
    {
        var (feed, first, second) = (_services.GetRequiredService<ChangeFeed>(), await CreateAsync(), await CreateAsync("other"));
        var since = await feed.LatestAsync(default);
        var trial = await TakeAsync();
        await CompleteAsync(trial, 1);
        await Studies.PatchAsync("other", null, _ => "text", null, null, default);
        Assert.Equal([first.Id, second.Id], await ChangedAsync());
        await Studies.DeleteAsync("s", default);
        Assert.Equal([first.Id], await ChangedAsync());
        var third = await CreateAsync("third");
        await Studies.MoveAsync("other", StudyState.Canceled, default);
        Assert.Equal([third.Id, second.Id], await ChangedAsync());
        await Assert.ThrowsAsync<NameTakenException>(() => CreateAsync("third"));
        Assert.Empty(await ChangedAsync());

        async Task<List<long>> ChangedAsync()
        {
            var changes = await feed.AllSinceAsync(since, default);
            Assert.All(changes, c => Assert.True(c.Study is null ? c.StudyId == first.Id : c.Study.Id == c.StudyId));
            Assert.Equal(changes.Select(c => c.Number).Order(), changes.Select(c => c.Number));
            since = changes.Count > 0 ? changes[^1].Number : since;
            Assert.Equal(since, await feed.LatestAsync(default));
            return [.. changes.Select(c => c.StudyId)];
        }
    }

    [Fact]
    public async Task Keys_of_requests_are_known_for_a_day_and_no_longer_than_their_study()
    {
        await CreateAsync();
        await CreateAsync("other");
        Task<Dispatch> KeyedAsync(string study, string key) => Dispatcher.SuggestAsync(study, 1, "w", Lease, new Idempotency(key, "h"), default);
        var expiry = _services.GetRequiredService<KeyExpiry>();
        var old = await KeyedAsync("s", "old");
        _time.Advance(KeyExpiry.Kept - Lease / 2);
        var recent = await KeyedAsync("s", "recent");
        await KeyedAsync("other", "recent");
        Assert.Equal(0, await expiry.SweepAsync(default));
        Assert.Equal(old.Trials[0].Number, (await KeyedAsync("s", "old")).Trials[0].Number);
        _time.Advance(Lease);
        Assert.Equal(1, await expiry.SweepAsync(default));
        Assert.Equal(recent.Trials[0].Lease, (await KeyedAsync("s", "recent")).Trials[0].Lease);
        Assert.NotEqual(old.Trials[0].Lease, (await KeyedAsync("s", "old")).Trials[0].Lease);
        await Studies.DeleteAsync("s", default);
        await using var db = _services.GetRequiredService<Database>().Open();
        Assert.Equal(["former", $"suggest/{(await Studies.GetAsync("other", default)).Id}"], (await db.IdempotencyKeys.Select(k => k.Scope).ToListAsync()).Order()); // the deleted study's version stays known
    }

    [Fact]
    public void The_migrations_are_up_to_date_with_the_model()
    {
        using var context = _services.GetRequiredService<Database>().Open();
        Assert.False(context.Database.HasPendingModelChanges());
    }

    private StudyStore Studies => _services.GetRequiredService<StudyStore>();

    private TrialStore Trials => _services.GetRequiredService<TrialStore>();

    private LeaseStore Leases => _services.GetRequiredService<LeaseStore>();

    private TrialDispatcher Dispatcher => _services.GetRequiredService<TrialDispatcher>();

    private Task<StudyView> CreateAsync(
        string name = "s", SearchSpace? space = null, Objective? objective = null, string sampler = "random", Budget? budget = null, int maxAttempts = 2,
        string pruner = "none", Runner? runner = null) =>
        Studies.CreateAsync(
            new StudyDefinition(name, space ?? new SearchSpace([new FloatParameter("x", 0, 1)]), [objective ?? new Objective("value", Direction.Minimize)],
                new SamplerSettings(sampler, 1), new PrunerSettings(pruner), budget ?? new Budget(), maxAttempts, runner ?? new Runner()),
            null, new Dictionary<string, string>(), [], null, default);

    private async Task<TrialView> TakeAsync(string study = "s") => (await Dispatcher.SuggestAsync(study, 1, "w", Lease, null, default)).Trials.Single();

    private Task<TrialView> CompleteAsync(TrialView trial, double value, string study = "s") =>
        Trials.FinishAsync(study, trial.Number, trial.Lease!.Token, new TrialOutcome.Completed(Values(value)), default);

    private static Dictionary<string, double> Values(double value) => new() { ["value"] = value };

    private static string HpoText(ParameterSpec spec) => System.Text.Json.JsonSerializer.Serialize(spec, HpoJson.Options);
}
