using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

/// <summary>Many requests in one transaction: what one of them does must not be another's business.</summary>
public abstract class WriterTests(string kind) : IAsyncLifetime
{
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private Database _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        Place = await TestDatabase.NewAsync(kind);
        _database = Open();
        await _database.MigrateAsync(default);
        _services = new ServiceCollection().AddHpoStorage(_database).BuildServiceProvider();
        await CreateAsync("s");
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await Place.DisposeAsync();
    }

    [Fact]
    public async Task A_request_that_fails_leaves_nothing_behind_and_hurts_no_neighbour()
    {
        var description = (await Studies.GetAsync("s", default)).Description;
        var turns = Enumerable.Range(0, 90).Select(i => (i % 3) switch
        {
            0 => SuggestAsync(),
            1 => _database.TurnAsync<Dispatch>(turn =>
            {
                turn.Study("s", TimeProvider.System).Add(ParameterValues.Empty, "nobody");
                throw new InvalidOperationException("fails after a change");
            }, default),
            _ => _database.WriteAsync<Dispatch>(async db =>
            {
                await db.Studies.ExecuteUpdateAsync(set => set.SetProperty(s => s.Description, "changed"));
                throw new InvalidOperationException("fails after a change");
            }, default),
        }).ToList();
        await Assert.ThrowsAsync<InvalidOperationException>(() => Task.WhenAll(turns));
        Assert.Equal(30, turns.Count(t => t.IsCompletedSuccessfully));
        var trials = await Trials.ListAsync("s", null, null, null, 1000, false, default);
        Assert.Equal(Enumerable.Range(0, 30), trials.Items.Select(t => t.Number));
        Assert.Equal(description, (await Studies.GetAsync("s", default)).Description);
    }

    [Fact]
    public async Task A_request_that_the_database_refuses_fails_alone()
    {
        await Place.RefuseKeysAsync("NEW.\"Key\" = 'bad'");
        var turns = Enumerable.Range(0, 60).Select(i => SuggestAsync(i == 30 ? "bad" : $"good-{i}")).ToList();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(turns));
        Assert.Equal([30], Enumerable.Range(0, 60).Where(i => turns[i].IsFaulted));
        var handedOut = await Task.WhenAll(turns.Where(t => t.IsCompletedSuccessfully));
        Assert.Equal(Enumerable.Range(0, 59), handedOut.Select(d => d.Trials.Single().Number).Order());
        Assert.Equal(59, (await Studies.GetAsync("s", default)).TrialCounts[TrialState.Running]);
    }

    [Fact]
    public async Task A_canceled_request_that_still_waits_is_not_done()
    {
        using var canceled = new CancellationTokenSource();
        using var entered = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var first = _database.TurnAsync(_ =>
        {
            entered.Release();
            go.Wait();
            return Task.FromResult(0);
        }, default);
        await entered.WaitAsync();
        var waiting = Dispatcher.SuggestAsync("s", 1, "w", Lease, null, canceled.Token);
        await canceled.CancelAsync();
        go.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Empty((await Trials.ListAsync("s", null, null, null, 10, false, default)).Items);
    }

    /// <summary>The test's database.</summary>
    protected TestDatabase Place { get; private set; } = null!;

    /// <summary>What spoils a new connection of the writer, and how that is told.</summary>
    protected abstract IReadOnlyDictionary<string, string> Spoilers { get; }

    [Fact]
    public async Task A_database_that_takes_no_writes_says_so_writes_nothing_and_recovers_without_a_restart()
    {
        foreach (var (pragma, what) in Spoilers)
            await AssertRecoversAsync(pragma, what);
    }

    private async Task AssertRecoversAsync(string pragma, string what)
    {
        var before = await SuggestAsync();
        var other = Open();
        (other.MorePragmas, other.RenewableSince) = (pragma, 1);
        var services = new ServiceCollection().AddHpoStorage(other).BuildServiceProvider();
        var dispatcher = services.GetRequiredService<TrialDispatcher>();
        // Until the pages that the file has are full, a small disk takes some more.
        var written = before.Trials[0].Number + 1;
        var refused = await Assert.ThrowsAsync<UnwritableException>(async () =>
        {
            for (; written < 1_000_000; written += 100)
                await dispatcher.SuggestAsync("s", 100, "w", Lease, null, default);
        });
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.Equal(Database.NotNow, other.RenewableSince);
        Assert.Equal(written, (await services.GetRequiredService<StudyStore>().GetAsync("s", default)).TrialCounts.Values.Sum());

        other.MorePragmas = null;
        Assert.Equal(written, (await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials.Single().Number);
        await services.GetRequiredService<TrialStore>().FinishAsync("s", before.Trials.Single().Number, before.Trials.Single().Lease!.Token, new TrialOutcome.Completed(new Dictionary<string, double> { ["value"] = 1 }), default);
    }

    [Fact]
    public async Task Another_process_gets_its_turns_while_this_one_writes_without_a_pause()
    {
        var other = Open();
        using var end = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (; !end.IsCancellationRequested; await Task.Yield())
                await SuggestAsync();
        })).ToList();
        for (var i = 0; i < 20; i++)
            await other.WriteAsync(db => db.Studies.ExecuteUpdateAsync(set => set.SetProperty(s => s.Description, $"{i}")), default);
        await end.CancelAsync();
        await Task.WhenAll(busy);
        Assert.Equal("19", (await Studies.GetAsync("s", default)).Description);
    }

    [Fact]
    public async Task What_the_writer_remembers_of_a_study_is_forgotten_when_another_process_replaces_it()
    {
        await SuggestAsync();
        var other = new ServiceCollection().AddHpoStorage(Open()).BuildServiceProvider();
        await other.GetRequiredService<StudyStore>().DeleteAsync("s", default);
        await Assert.ThrowsAsync<NotFoundException>(() => SuggestAsync());
        await CreateAsync("s", other);
        Assert.Equal(0, (await SuggestAsync()).Trials.Single().Number);
    }

    [Fact]
    public async Task After_a_pause_the_writer_reads_only_what_changed_meanwhile()
    {
        await CreateAsync("four", space: FourPoints);
        var first = (await RestAsync(() => SuggestAsync("four", 2))).Trials;
        // Whoever read these again would fail.
        await using (var db = _database.Open())
            await db.Trials.Where(t => t.Number == 0).ExecuteUpdateAsync(set => set.SetProperty(t => t.ParametersJson, "?"));
        var other = new ServiceCollection().AddHpoStorage(Open()).BuildServiceProvider();
        await other.GetRequiredService<TrialStore>().EnqueueAsync("four", [first[0].Parameters], null, default);
        await other.GetRequiredService<TrialStore>().CancelAsync("four", 1, null, default);
        var more = (await RestAsync(() => SuggestAsync("four", 9))).Trials;
        // The enqueued trial repeats a point, and the canceled one has freed its own.
        Assert.Equal([2, 3, 4, 5], more.Select(t => t.Number));
        Assert.Equal(4, more.Select(t => t.Parameters).Distinct().Count());
        Assert.Empty((await SuggestAsync("four", 9)).Trials);
    }

    [Fact]
    public async Task A_database_that_was_put_back_to_an_earlier_state_meanwhile_is_read_anew()
    {
        var version = (await CreateAsync("four", space: FourPoints)).Version;
        await RestAsync(() => SuggestAsync("four", 3));
        await using (var db = _database.Open())
        {
            await db.Trials.ExecuteDeleteAsync();
            await db.Studies.Where(s => s.Name == "four").ExecuteUpdateAsync(set => set.SetProperty(s => s.NextNumber, 0).SetProperty(s => s.RunningTrials, 0).SetProperty(s => s.Version, version));
        }

        Assert.Equal([0, 1, 2, 3], (await SuggestAsync("four", 9)).Trials.Select(t => t.Number));
    }

    private static SearchSpace FourPoints => new([new BooleanParameter("x"), new BooleanParameter("y")]);

    // Returns once the writer has neither connection nor thread.
    private async Task<T> RestAsync<T>(Func<Task<T>> work)
    {
        _database.Linger = TimeSpan.Zero;
        var result = await work();
        while (_database.HasWriter)
            await Task.Yield();
        return result;
    }

    protected Database Open() => Place.Open(patience: TimeSpan.FromSeconds(10));

    protected Task<Dispatch> SuggestAsync(string? key = null) => Dispatcher.SuggestAsync("s", 1, "w", Lease, key is null ? null : new Idempotency(key, "hash"), default);

    private Task<Dispatch> SuggestAsync(string study, int count) => Dispatcher.SuggestAsync(study, count, "w", Lease, null, default);

    private Task<StudyView> CreateAsync(string name, ServiceProvider? services = null, SearchSpace? space = null) => (services ?? _services).GetRequiredService<StudyStore>().CreateAsync(
        new StudyDefinition(name, space ?? new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("value", Direction.Minimize)],
            new SamplerSettings("random", 1), new PrunerSettings("none"), new Budget { MaxParallelTrials = 10_000 }, 2, new Runner()),
        null, new Dictionary<string, string>(), [], null, default);

    private StudyStore Studies => _services.GetRequiredService<StudyStore>();

    private TrialStore Trials => _services.GetRequiredService<TrialStore>();

    private TrialDispatcher Dispatcher => _services.GetRequiredService<TrialDispatcher>();
}

public sealed class SqliteWriterTests() : WriterTests(TestDatabase.Sqlite)
{
    protected override IReadOnlyDictionary<string, string> Spoilers { get; } = new Dictionary<string, string>
    {
        ["PRAGMA max_page_count=1"] = "a full disk",
        ["PRAGMA query_only=1"] = "one that is read-only",
    };
}
