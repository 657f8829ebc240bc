using System.Collections.Concurrent;
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
    private readonly Proposing _proposing = new(database, time);

    /// <summary>Hands out up to <paramref name="count"/> trials: queued ones first, then new ones. One transaction holds the trials, their
    /// leases and the key, so that a crash leaves all of them or none. The same key gives the same answer, tokens included.</summary>
    /// <exception cref="IllegalMoveException">The study's trials run inside, on workers.</exception>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public async Task<Dispatch> SuggestAsync(
        string study, int count, string worker, TimeSpan lease, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        var id = await FindAsync(study, cancellationToken);
        var scope = $"suggest/{id}";
        var dispatch = await InTurnAsync(id, async () =>
        {
            while (true)
            {
                if (await RecallAsync(scope, idempotency, cancellationToken) is { } earlier)
                    return earlier;
                var proposal = await _proposing.ProposeAsync(id, count, takes: true, cancellationToken);
                if (await HandOutAsync(id, proposal, count, worker, lease, scope, idempotency, cancellationToken) is { } done)
                    return done;
            }
        }, cancellationToken);
        signal.Raise();
        return dispatch;
    }

    /// <summary>Queues new trials until running and queued ones fill the workers' slots or the parallel limit; fills in partial ones.</summary>
    /// <remarks>Not more than the slots: what is proposed later knows more results.</remarks>
    /// <param name="id">The study.</param>
    /// <param name="slots">How many trials all workers together run at once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many trials wait in the queue now, and may start.</returns>
    public async Task<int> FillQueueAsync(long id, int slots, CancellationToken cancellationToken)
    {
        var (waiting, added) = await InTurnAsync(id, async () =>
        {
            while (true)
            {
                var proposal = await _proposing.ProposeAsync(id, slots, takes: false, cancellationToken);
                if (await QueueAsync(id, proposal, slots, cancellationToken) is { } queued)
                    return queued;
            }
        }, cancellationToken);
        if (added > 0)
            signal.Raise();
        return waiting;
    }

    private async Task<Dispatch?> RecallAsync(string scope, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        if (idempotency is null)
            return null;
        await using var db = database.Open();
        return await db.RecallAsync<Dispatch>(scope, idempotency, cancellationToken);
    }

    // Null: another process added trials meanwhile; propose again, knowing them.
    private Task<Dispatch?> HandOutAsync(
        long id, Proposal proposal, int count, string worker, TimeSpan lease, string scope, Idempotency? idempotency, CancellationToken cancellationToken) =>
        database.WriteAsync<Dispatch?>(async db =>
        {
            var write = await StudyWrite.OpenAsync(db, $"{id}", time, cancellationToken);
            if (write.Definition.Runner.Kind != Runner.External)
                throw new IllegalMoveException("suggest needs a study with an external runner, but got one whose trials run on the workers.");
            if (await db.RecallAsync<Dispatch>(scope, idempotency, cancellationToken) is { } earlier)
                return earlier;
            if (proposal.IsOutdated(write))
                return null;
            await write.SettleAsync(cancellationToken);
            List<TrialRow> trials = [.. await LeaseStore.TakeAsync(write, count, worker, lease, cancellationToken)];
            foreach (var trial in Proposing.Add(write, proposal, count - trials.Count))
            {
                await LeaseStore.StartAsync(write, trial, worker, lease, cancellationToken);
                trials.Add(trial);
            }

            await write.SettleAsync(cancellationToken);
            var dispatch = new Dispatch([.. trials.OrderBy(t => t.Number).Select(t => t.ToView(withLease: true))], write.Row.State);
            db.Remember(scope, idempotency, dispatch, write.Now);
            return dispatch;
        }, cancellationToken);

    private Task<(int Waiting, int Added)?> QueueAsync(long id, Proposal proposal, int slots, CancellationToken cancellationToken) =>
        database.WriteAsync<(int, int)?>(async db =>
        {
            var write = await StudyWrite.OpenAsync(db, $"{id}", time, cancellationToken);
            if (proposal.IsOutdated(write))
                return null;
            var added = Proposing.Add(write, proposal, slots - write.Row.OpenTrials()).Count;
            await write.SettleAsync(cancellationToken);
            return (write.Row.QueuedTrials, added);
        }, cancellationToken);

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
