using System.Collections.Concurrent;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>Clients that work through small studies, one after another, and keep account of everything that was answered.</summary>
public sealed class KillLoad(KilledService service, CancellationToken cancellationToken)
{
    private const int MaxTrials = 90, MaxParallel = 14, MaxLosses = 5; // a trial whose lease was lost that often has failed
    private readonly ConcurrentDictionary<(int Round, int Number), Account> _accounts = new();
    private volatile int _lastRound = int.MaxValue;
    private volatile int _round;
    private volatile bool _isOver;
    private int _messages;

    /// <summary>How much was accounted for, for the test's log.</summary>
    public override string ToString() => $"{_messages} messages about {_accounts.Count} trials";

    /// <summary>Lets the clients end with the study that they are at.</summary>
    public void Finish() => _lastRound = _round;

    /// <summary>One client: suggests, reports, and completes, fails or abandons, as its seed has it.</summary>
    public async Task RunAsync(int client, int seed)
    {
        var random = new Random(seed + 1000 * (client + 1));
        var messages = 0;
        for (var round = 0; round <= _lastRound; round++)
        {
            _round = Math.Max(_round, round);
            // All clients create it, with one key: one study.
            await PostAsync("studies", Study(round), $"create-{round}");
            while (true)
            {
                var abandons = random.Next(10) == 0;
                var request = new { count = random.Next(1, 4), worker = $"client-{client}", leaseSeconds = abandons ? 1 : 600 };
                var answer = await PostAsync($"studies/round-{round}/suggest", request, $"{client}-{messages++}");
                foreach (var trial in answer.GetProperty("trials").EnumerateArray())
                    await WorkAsync(round, trial, abandons, random);
                if (answer.GetProperty("studyState").GetString() != "active")
                    break;
                if (answer.GetProperty("trials").GetArrayLength() == 0)
                    await Task.Delay(20, cancellationToken);
            }
        }

        _isOver = true;
    }

    /// <summary>Looks on: never more running or more trials than allowed, and no version that goes back.</summary>
    public async Task WatchAsync()
    {
        var versions = new Dictionary<long, long>();
        while (!_isOver)
        {
            foreach (var study in (await GetAsync("studies")).GetProperty("items").EnumerateArray().Where(s => s.GetProperty("name").GetString()!.StartsWith("round", StringComparison.Ordinal)))
            {
                var counts = study.GetProperty("trialCounts");
                Assert.InRange(counts.GetProperty("running").GetInt32(), 0, MaxParallel);
                Assert.InRange(counts.EnumerateObject().Sum(c => c.Value.GetInt32()), 0, MaxTrials);
                var (id, version) = (study.GetProperty("id").GetInt64(), study.GetProperty("version").GetInt64());
                Assert.True(version >= versions.GetValueOrDefault(id), "a version never goes back");
                versions[id] = version;
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Every trial once, with exactly what was answered: values, measurements, attempts. Failed are those that were abandoned each time that they may be, and no other.</summary>
    public async Task AssertAllCountedOnceAsync()
    {
        for (var round = 0; round <= _accounts.Keys.Max(k => k.Round); round++)
        {
            var study = await GetAsync($"studies/round-{round}");
            Assert.Equal("maxTrials", study.GetProperty("completionReason").GetString());
            var lost = _accounts.Where(a => a.Key.Round == round && a.Value.Abandoned >= MaxLosses).Select(a => a.Key.Number).ToHashSet();
            Assert.Equal((MaxTrials - lost.Count, lost.Count), (study.GetProperty("trialCounts").GetProperty("completed").GetInt32(), study.GetProperty("trialCounts").GetProperty("failed").GetInt32()));
            var trials = (await GetAsync($"studies/round-{round}/trials?limit=1000")).GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(Enumerable.Range(0, MaxTrials), trials.Select(t => t.GetProperty("number").GetInt32()));
            for (var number = 0; number < MaxTrials; number++)
            {
                var account = _accounts[(round, number)];
                var trial = await GetAsync($"studies/round-{round}/trials/{number}");
                Assert.Equal(account.Tokens.Count, trial.GetProperty("attempt").GetInt32());
                Assert.Equal(lost.Contains(number) ? "failed" : "completed", trial.GetProperty("state").GetString());
                if (lost.Contains(number))
                {
                    Assert.Equal((MaxLosses, 0, 0), (account.Abandoned, account.Completed.Count, trial.GetProperty("measurements").GetArrayLength()));
                    continue;
                }

                Assert.Equal(account.Completed.Single(), trial.GetProperty("values").GetProperty("value").GetDouble());
                var steps = trial.GetProperty("measurements").EnumerateArray().ToDictionary(m => m.GetProperty("step").GetInt64(), m => m.GetProperty("values").GetProperty("value").GetDouble());
                Assert.Equal(account.Reported.OrderBy(r => r.Key), steps.OrderBy(r => r.Key));
            }
        }
    }

    private async Task WorkAsync(int round, JsonElement trial, bool abandons, Random random)
    {
        var (number, leaseToken) = (trial.GetProperty("number").GetInt32(), trial.GetProperty("lease").GetProperty("token").GetString()!);
        var account = _accounts.GetOrAdd((round, number), _ => new Account());
        Assert.True(account.Tokens.TryAdd(leaseToken, true), "a lease is handed out once");
        if (abandons)
        {
            Interlocked.Increment(ref account.Abandoned);
            return; // its short lease may be somebody else's already, if the answer came only after a restart
        }

        Assert.InRange(account.Tokens.Count, 1, trial.GetProperty("attempt").GetInt32());
        Assert.Empty(account.Completed);
        account.Reported.Clear(); // an attempt starts from nothing
        var path = $"studies/round-{round}/trials/{number}";
        for (var step = 0; step < random.Next(4); step++)
        {
            var value = random.NextDouble();
            var answer = await PostAsync($"{path}/report", new { step, values = new { value }, leaseToken });
            Assert.False(answer.GetProperty("shouldStop").GetBoolean(), answer.ToString());
            account.Reported[step] = value;
        }

        if (trial.GetProperty("attempt").GetInt32() == 1 && random.Next(10) == 0)
        {
            await PostAsync($"{path}/fail", new { reason = "broke", leaseToken });
            return;
        }

        var final = random.NextDouble();
        await PostAsync($"{path}/complete", new { values = new { value = final }, leaseToken });
        account.Completed.Add(final);
    }

    private Task<JsonElement> GetAsync(string path) => service.SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    private Task<JsonElement> PostAsync(string path, object body, string? key = null)
    {
        Interlocked.Increment(ref _messages);
        return service.SendAsync(HttpMethod.Post, path, body, key, cancellationToken);
    }

    private static object Study(int round) => new
    {
        name = $"round-{round}",
        parameters = new object[] { new { name = "x", type = "float", low = 0, high = 1 } },
        sampler = new { kind = "random", seed = round },
        budget = new { maxTrials = MaxTrials, maxParallelTrials = MaxParallel },
        maxAttempts = 100,
    };

    /// <summary>What was answered for one trial.</summary>
    private sealed class Account
    {
        public ConcurrentDictionary<string, bool> Tokens { get; } = new();

        public ConcurrentDictionary<long, double> Reported { get; } = new();

        public ConcurrentBag<double> Completed { get; } = [];

        public int Abandoned;
    }
}
