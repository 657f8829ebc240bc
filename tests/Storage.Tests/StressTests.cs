using System.Collections.Concurrent;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

/// <summary>64 clients over two processes' stores on one database: duplicate, late and lost messages, failures, retries with keys. In the end
/// everything that was answered must be there, once. HPO_SEED sets the randomness.</summary>
public sealed class StressTests
{
    private const int Clients = 64, MaxTrials = 400, MaxParallel = 40;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private readonly ManualTime _time = new();
    private readonly ConcurrentDictionary<string, int> _tokens = new();
    private readonly ConcurrentDictionary<int, ConcurrentBag<(string Token, double Value)>> _completed = new();
    private volatile bool _isOver;

    public static TheoryData<string, string> Cases => new() { { "random", TestDatabase.Sqlite }, { "grid", TestDatabase.Sqlite }, { "random", TestDatabase.Postgres }, { "grid", TestDatabase.Postgres } };

    [Theory, MemberData(nameof(Cases))]
    public async Task Every_invariant_holds_under_64_clients_of_two_processes(string sampler, string kind)
    {
        await using var place = await TestDatabase.NewAsync(kind);
        var seed = int.Parse(Environment.GetEnvironmentVariable("HPO_SEED") ?? "20261121");
        ServiceProvider[] processes = [await OpenAsync(place), await OpenAsync(place)];
        await CreateAsync(processes[0], sampler);
        var watching = Task.Run(() => WatchAsync(processes[1]));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => WorkAsync(processes[i % 2], i, new Random(seed + i)))));
        _isOver = true;
        await watching;

        var study = await processes[0].GetRequiredService<StudyStore>().GetAsync("s", default);
        var trials = (await processes[1].GetRequiredService<TrialStore>().ListAsync("s", null, null, null, 1000, false, default)).Items;
        Assert.Equal((StudyState.Completed, sampler == "grid" ? "spaceExhausted" : "maxTrials"), (study.State, study.CompletionReason));
        Assert.Equal(Enumerable.Range(0, trials.Count), trials.Select(t => t.Number));
        Assert.All(trials, t => Assert.True(t.State.IsFinal(), $"{t}"));
        Assert.Equal(trials.GroupBy(t => t.State).ToDictionary(g => g.Key, g => g.Count()), study.TrialCounts.Where(c => c.Value > 0).ToDictionary());
        Assert.All(trials.Where(t => t.State == TrialState.Completed), t =>
        {
            Assert.Single(_completed[t.Number].Select(c => c.Token).Distinct());
            Assert.Equal(_completed[t.Number].First().Value, t.Values!["value"]);
        });
        Assert.All(_completed.Keys, number => Assert.Equal(TrialState.Completed, trials[number].State));
        Assert.Equal(trials.Where(t => t.State == TrialState.Completed).Min(t => t.Values!["value"]), study.Best!.Values!["value"]);
        var points = trials.Where(t => t.State != TrialState.Canceled).Select(t => t.Parameters).ToList();
        Assert.Equal(points.Count, points.Distinct().Count());
        if (sampler == "grid")
            Assert.Equal(Cells, points.Count);
        else
            Assert.Equal(MaxTrials, trials.Count);
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    private const int Cells = 12 * 12;

    private async Task WorkAsync(ServiceProvider process, int client, Random random)
    {
        var (dispatcher, trials, leases) = (process.GetRequiredService<TrialDispatcher>(), process.GetRequiredService<TrialStore>(), process.GetRequiredService<LeaseStore>());
        for (var message = 0; ; message++)
        {
            var key = random.Next(2) == 0 ? new Idempotency($"{client}-{message}", "hash") : null;
            var count = random.Next(1, 4);
            var dispatch = await dispatcher.SuggestAsync("s", count, "w", Lease, key, default);
            foreach (var trial in dispatch.Trials)
                Assert.True(_tokens.TryAdd(trial.Lease!.Token, trial.Number), "a lease is handed out once");
            if (key is not null && random.Next(3) == 0)
                Assert.Equal(dispatch.Trials.Select(t => (t.Number, t.Lease)), (await dispatcher.SuggestAsync("s", count, "w", Lease, key, default)).Trials.Select(t => (t.Number, t.Lease)));
            foreach (var trial in dispatch.Trials)
                await FinishAsync(trials, leases, trial, random);
            if (dispatch.StudyState.IsFinal())
                return;
            if (dispatch.Trials.Count == 0)
            {
                _time.Advance(Lease / 5); // so that what was abandoned comes back
                await Task.Delay(1);
            }
        }
    }

    private async Task FinishAsync(TrialStore trials, LeaseStore leases, TrialView trial, Random random)
    {
        var (token, value) = (trial.Lease!.Token, random.NextDouble());
        switch (random.Next(12))
        {
            case 0: return; // abandoned
            case 1:
                _time.Advance(Lease / 10); // others' leases may run out, and this one
                await leases.ReportAsync("s", trial.Number, token, new Measurement(1, Values(value)), default);
                break;
            case 2:
                await TryAsync(() => trials.FinishAsync("s", trial.Number, token, new TrialOutcome.Failed("broke"), default));
                return;
            case 3:
                await leases.SweepAsync(default);
                break;
        }

        var messages = Enumerable.Range(0, random.Next(1, 4)).Select(_ => TryAsync(() => trials.FinishAsync("s", trial.Number, token, new TrialOutcome.Completed(Values(value)), default))).ToList();
        var accepted = await Task.WhenAll(messages);
        Assert.Single(accepted.Distinct()); // a message that is repeated is answered the same
        if (accepted[0])
            _completed.GetOrAdd(trial.Number, _ => []).Add((token, value));
        await TryAsync(() => trials.FinishAsync("s", trial.Number, token, new TrialOutcome.Completed(Values(value + 1)), default)); // never changes anything
    }

    // Accepted, or refused as somebody else's: both may be, as leases run out here.
    private static async Task<bool> TryAsync(Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (Exception e) when (e is StaleLeaseException or IllegalMoveException)
        {
            return false;
        }
    }

    private async Task WatchAsync(ServiceProvider process)
    {
        var (studies, version) = (process.GetRequiredService<StudyStore>(), 0L);
        for (; !_isOver; await Task.Delay(5))
        {
            var study = await studies.GetAsync("s", default);
            Assert.InRange(study.TrialCounts[TrialState.Running], 0, MaxParallel);
            Assert.InRange(study.TrialCounts.Values.Sum(), 0, MaxTrials);
            Assert.True(study.Version >= version, "a version never goes back");
            version = study.Version;
        }
    }

    private async Task<ServiceProvider> OpenAsync(TestDatabase place)
    {
        var database = place.Open();
        await database.MigrateAsync(default);
        return new ServiceCollection().AddSingleton<TimeProvider>(_time).AddHpoStorage(database).BuildServiceProvider();
    }

    private static Task<StudyView> CreateAsync(ServiceProvider process, string sampler) => process.GetRequiredService<StudyStore>().CreateAsync(
        new StudyDefinition("s", new SearchSpace([new IntParameter("x", 0, sampler == "grid" ? 11 : 1000), new IntParameter("y", 0, sampler == "grid" ? 11 : 1000)]),
            [new Objective("value", Direction.Minimize)], new SamplerSettings(sampler, 1, sampler == "grid" ? System.Text.Json.JsonElement.Parse("""{"resolution":12}""") : null), new PrunerSettings("none"),
            new Budget { MaxTrials = MaxTrials, MaxParallelTrials = MaxParallel }, 100, new Runner()),
        null, new Dictionary<string, string>(), [], null, default);

    private static Dictionary<string, double> Values(double value) => new() { ["value"] = value };
}
