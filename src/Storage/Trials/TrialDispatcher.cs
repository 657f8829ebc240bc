using System.Collections.Concurrent;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>What suggest answers.</summary>
/// <param name="Trials">Running trials with their leases; fewer than asked for, or none, when budget, parallel limit or space is used up.</param>
/// <param name="StudyState">The study's state: whether it is worth asking again.</param>
public sealed record Dispatch(IReadOnlyList<TrialView> Trials, StudyState StudyState);

/// <summary>Makes trials of what samplers propose, and hands them out.</summary>
/// <remarks>The sampler runs outside any transaction. What it proposed is stored only if no other trial was added in the meantime: the
/// trial counter is the compare-and-swap. In one process a queue for each study avoids the retry.</remarks>
public sealed class TrialDispatcher(Database database, ChangeSignal signal, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, SemaphoreSlim> _turns = new();
    private readonly ConcurrentDictionary<long, (string Settings, ISampler Sampler)> _samplers = new();
    private readonly Histories _histories = new();

    /// <summary>Hands out up to <paramref name="count"/> trials: queued ones first, then new ones. Durable before it answers.</summary>
    /// <exception cref="IllegalMoveException">The study's trials run inside, on workers.</exception>
    public async Task<Dispatch> SuggestAsync(
        string study, int count, string worker, TimeSpan lease, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        var id = await FindAsync(study, cancellationToken);
        var scope = $"suggest/{id}";
        var dispatch = await InTurnAsync(id, async () =>
        {
            var isRemembered = idempotency is null;
            void Remember(HpoDbContext db, IEnumerable<TrialRow> trials)
            {
                if (idempotency is not null)
                    db.Remember(scope, idempotency, trials.Select(t => t.Number).ToList(), time.GetUtcNow().ToUnixTimeMilliseconds());
                isRemembered = true;
            }

            var taken = await database.WriteAsync(async db =>
            {
                var write = await OpenAsync(db, id, cancellationToken);
                if (write.Definition.Runner.Kind != Runner.External)
                    throw new IllegalMoveException("suggest needs a study with an external runner, but got one whose trials run on the workers.");
                if (await db.RecallAsync<List<int>>(scope, idempotency, cancellationToken) is { } earlier)
                    return (Trials: await db.Trials.Where(t => t.StudyId == id && earlier.Contains(t.Number)).ToListAsync(cancellationToken), IsReplay: true);
                await write.SettleAsync(cancellationToken);
                var trials = (await LeaseStore.TakeAsync(write, count, worker, lease, cancellationToken)).ToList();
                if (trials.Count == count)
                    Remember(db, trials);
                return (Trials: trials, IsReplay: false);
            }, cancellationToken);
            if (!taken.IsReplay && taken.Trials.Count < count)
            {
                // A crash here leaves the taken ones running under a lease that nobody knows: it runs out and they come back.
                // The key is remembered with the trials: after a crash either both are there, or a repeated call gets new ones.
                var fresh = await ProposeAsync(
                    id, count - taken.Trials.Count, (write, trial) => LeaseStore.StartAsync(write, trial, worker, lease, cancellationToken),
                    (db, trials) => Remember(db, taken.Trials.Concat(trials)), cancellationToken);
                taken.Trials.AddRange(fresh);
            }

            if (!taken.IsReplay && !isRemembered)
            {
                await database.WriteAsync(db =>
                {
                    Remember(db, taken.Trials);
                    return Task.FromResult(0);
                }, cancellationToken);
            }

            await using var read = database.Open();
            var state = await read.Studies.Where(s => s.Id == id).Select(s => s.State).FirstAsync(cancellationToken);
            return new Dispatch([.. taken.Trials.OrderBy(t => t.Number).Select(t => t.ToView(withLease: true))], state);
        }, cancellationToken);
        signal.Raise();
        return dispatch;
    }

    /// <summary>Queues new trials until running and queued ones fill the parallel limit; fills in partial ones.</summary>
    /// <returns>How many trials wait in the queue now, and may start.</returns>
    public async Task<int> FillQueueAsync(long id, CancellationToken cancellationToken)
    {
        await InTurnAsync(id, () => ProposeAsync(id, int.MaxValue, (_, _) => Task.CompletedTask, (_, _) => { }, cancellationToken), cancellationToken);
        await using var db = database.Open();
        var waiting = await db.Trials.CountAsync(t => t.StudyId == id && t.State == TrialState.Queued, cancellationToken);
        if (waiting > 0)
            signal.Raise();
        return waiting;
    }

    private async Task<List<TrialRow>> ProposeAsync(
        long id, int count, Func<StudyWrite, TrialRow, Task> start, Action<HpoDbContext, IReadOnlyList<TrialRow>> stored, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var db = database.Open();
            var row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
            var definition = row.ToDefinition();
            var history = await _histories.GetAsync(db, row, definition, cancellationToken);
            var wanted = Math.Min(count, Wanted(row, definition, history));
            var partial = await db.Trials.AsNoTracking().Where(t => t.StudyId == id && t.State == TrialState.Queued && t.IsPartial)
                .OrderBy(t => t.Number).ToListAsync(cancellationToken);
            if (row.State != StudyState.Active || (wanted <= 0 && partial.Count == 0))
            {
                if (row.State.IsFinal())
                    Forget(id);
                return [];
            }

            var suggestions = SamplerOf(row, definition).Suggest(history, Math.Max(wanted, 0) + partial.Count, cancellationToken);
            if (await StoreAsync(id, row.NextNumber, Math.Max(wanted, 0), suggestions, start, stored, cancellationToken) is { } trials)
                return trials;
        }
    }

    private Task<List<TrialRow>?> StoreAsync(
        long id, int nextNumber, int wanted, IReadOnlyList<Suggestion> suggestions, Func<StudyWrite, TrialRow, Task> start,
        Action<HpoDbContext, IReadOnlyList<TrialRow>> stored, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var write = await OpenAsync(db, id, cancellationToken);
            if (write.Row.NextNumber != nextNumber)
                return null; // another process added trials: propose again, knowing them
            var trials = new List<TrialRow>();
            if (write.Row.State != StudyState.Active)
                return trials;
            var points = new Queue<Suggestion>(suggestions);
            foreach (var partial in await db.Trials.Where(t => t.StudyId == id && t.State == TrialState.Queued && t.IsPartial).OrderBy(t => t.Number).ToListAsync(cancellationToken))
            {
                var suggested = points.TryDequeue(out var point) ? point.Parameters : ParameterValues.Empty;
                partial.ParametersJson = Mapping.ToJson(Enqueuing.Fill(write.Definition.Space, Mapping.FromJson<ParameterValues>(partial.ParametersJson), suggested));
                partial.IsPartial = false;
                write.Touch(partial);
            }

            var pending = await write.CountAsync(TrialState.Running, cancellationToken) + await write.CountAsync(TrialState.Queued, cancellationToken);
            var room = Math.Min(write.Definition.Budget.MaxParallelTrials - pending, (write.Definition.Budget.MaxTrials ?? int.MaxValue) - write.Row.NextNumber);
            foreach (var (parameters, suggestedBy) in points.Take(Math.Min(wanted, room)))
            {
                var trial = write.Add(Mapping.ToJson(parameters), isPartial: false, suggestedBy);
                await start(write, trial);
                trials.Add(trial);
            }

            if (points.Count < wanted)
            {
                write.Row.IsExhausted = true;
                write.Touch();
            }

            await write.SettleAsync(cancellationToken);
            stored(db, trials);
            return trials;
        }, cancellationToken)!;

    // Kept from call to call: what a sampler has computed for the trials so far makes the next suggestion cheap.
    private ISampler SamplerOf(StudyRow row, StudyDefinition definition)
    {
        var settings = $"{row.SamplerJson} {row.ParametersJson} {row.ObjectivesJson}";
        if (_samplers.TryGetValue(row.Id, out var known) && known.Settings == settings)
            return known.Sampler;
        var sampler = SamplerRegistry.Create(definition.Sampler, definition.Space, definition.Objectives);
        _samplers[row.Id] = (settings, sampler);
        return sampler;
    }

    private void Forget(long id)
    {
        _samplers.TryRemove(id, out _);
        _histories.Forget(id);
    }

    private static int Wanted(StudyRow row, StudyDefinition definition, StudyHistory history)
    {
        var pending = history.Trials.Count(t => !t.State.IsFinal());
        return Math.Min(definition.Budget.MaxParallelTrials - pending, (definition.Budget.MaxTrials ?? int.MaxValue) - row.NextNumber);
    }

    private Task<StudyWrite> OpenAsync(HpoDbContext db, long id, CancellationToken cancellationToken) =>
        StudyWrite.OpenAsync(db, $"{id}", time, cancellationToken);

    private async Task<long> FindAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return (await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken)).Id;
    }

    private async Task<T> InTurnAsync<T>(long id, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(id, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }
}
