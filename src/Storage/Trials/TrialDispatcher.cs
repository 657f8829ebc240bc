using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using HpoService.Storage.Writing;

namespace HpoService.Storage;

/// <summary>What suggest answers.</summary>
/// <param name="Trials">Running trials with their leases; fewer than asked for, or none, when budget, parallel limit or space is used up.</param>
/// <param name="StudyState">The study's state: whether it is worth asking again.</param>
public sealed record Dispatch(IReadOnlyList<TrialView> Trials, StudyState StudyState);

/// <summary>Makes trials of what samplers propose, and hands them out.</summary>
/// <remarks>A sampler that needs no history proposes inside the transaction. Any other one runs outside; what it proposed is stored only if no
/// other trial was added in the meantime: the trial counter is the compare-and-swap. In one process a queue for each study avoids the retry.</remarks>
public sealed class TrialDispatcher
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly StudyTurns _turns = new();
    private readonly Proposing _proposing;
    private readonly ComputedAhead _ahead;

    /// <summary>Over one database.</summary>
    public TrialDispatcher(Database database, TimeProvider time)
    {
        (_database, _time, _proposing) = (database, time, new Proposing(database, time));
        _ahead = new ComputedAhead((id, count, known) => _turns.InTurnAsync(id, () => _proposing.LookAheadAsync(id, count, _turns.ClientsOf(id), known, default), isClient: false, default), time);
        database.Committed += _ahead.Changed;
        database.Failed += _ahead.Forget;
    }

    /// <summary>Hands out up to <paramref name="count"/> trials: queued ones first, then new ones. One transaction holds the trials, their
    /// leases and the key, so that a crash leaves all of them or none. The same key gives the same answer, tokens included.</summary>
    /// <exception cref="IllegalMoveException">The study's trials run inside, on workers.</exception>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public async Task<Dispatch> SuggestAsync(
        string study, int count, string worker, TimeSpan lease, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        Task<(long Id, Dispatch? Dispatch, bool IsSlow)> TryAsync(Proposal? proposal, bool isInTurn = false) => _database.TurnAsync(
            turn => HandOutAsync(turn, turn.Study(study, _time), proposal, isInTurn, count, worker, lease, idempotency, cancellationToken), cancellationToken);
        var (id, dispatch, isSlow) = await TryAsync(null);
        for (var mayTake = true; dispatch is null; mayTake = false)
        {
            dispatch = await _turns.InTurnAsync(id, async () =>
            {
                // Whoever had the turn before may have proposed for those who wait: they take that in one transaction, not each in its turn.
                if (mayTake && _ahead.Has(id, count))
                    return null;
                var done = (await TryAsync(null, isInTurn: true)).Dispatch; // it may have been computed while this one waited for its turn
                while (done is null)
                    done = (await TryAsync(await _proposing.ProposeAsync(id, count, takes: true, others: _turns.ClientsOf(id) - 1, cancellationToken), isInTurn: true)).Dispatch;
                return done;
            }, isClient: true, cancellationToken);
            dispatch ??= (await TryAsync(null)).Dispatch;
        }

        if (isSlow)
            _ahead.Expect(id);
        return dispatch;
    }

    /// <summary>How many studies somebody has proposed for just now.</summary>
    internal int Busy => _turns.Count;

    /// <summary>Whether the next trial of a study is computed, knowing all that has ended.</summary>
    internal bool IsAhead(long id) => _ahead.IsReady(id);

    /// <summary>Queues new trials until running and queued ones fill the workers' slots or the parallel limit; fills in partial ones.</summary>
    /// <remarks>Not more than the slots: what is proposed later knows more results.</remarks>
    /// <param name="id">The study.</param>
    /// <param name="slots">How many trials all workers together run at once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many trials wait in the queue now, and may start.</returns>
    public Task<int> FillQueueAsync(long id, int slots, CancellationToken cancellationToken) => _turns.InTurnAsync(id, async () =>
    {
        while (true)
        {
            var proposal = await _proposing.ProposeAsync(id, slots, takes: false, others: 0, cancellationToken);
            if (await QueueAsync(id, proposal, slots, cancellationToken) is { } queued)
                return queued;
        }
    }, isClient: false, cancellationToken);

    // Null: propose first, or again, as trials were added meanwhile.
    private async Task<(long Id, Dispatch? Dispatch, bool IsSlow)> HandOutAsync(
        WriteTurn turn, StudyWrite write, Proposal? proposal, bool isInTurn, int count, string worker, TimeSpan lease, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        var scope = IdempotencyKeys.Scope(IdempotencyKeys.Suggest, write.Row.Id);
        if (write.Definition.Runner.Kind != Runner.External)
            throw new IllegalMoveException("suggest needs a study with an external runner, but got one whose trials run on the workers.");
        if (turn.Recall<Dispatch>(scope, idempotency) is { } earlier)
            return (write.Row.Id, earlier, false);
        await write.SettleAsync();
        var (isSlow, isFresh) = (write.IsSamplerSlow, proposal is not null);
        if (isSlow && write.Row is { State: StudyState.Active, QueuedTrials: 0, IsExhausted: false } && Math.Min(count, Proposing.Room(write.Row, write.Definition.Budget)) is > 0 and var room)
            proposal ??= _ahead.Take(write, room, _turns.ClientsOf(write.Row.Id) - (isInTurn ? 1 : 0));
        if (proposal is null ? Proposing.IsNeeded(write) : proposal.IsOutdated(write))
        {
            turn.Abandon();
            return (write.Row.Id, null, isSlow);
        }

        List<TrialRow> trials = [.. await LeaseStore.TakeAsync(write, count, worker, lease)];
        foreach (var trial in Proposing.Add(write, proposal, count - trials.Count, cancellationToken))
        {
            await LeaseStore.StartAsync(write, trial, worker, lease);
            trials.Add(trial);
        }

        if (isFresh)
            _ahead.KeepRest(write, proposal!);
        if (isSlow && trials.Count > 0)
            _ahead.HandedOut(write);
        await write.SettleAsync();
        var dispatch = new Dispatch([.. trials.OrderBy(t => t.Number).Select(t => t.ToView(withLease: true))], write.Row.State);
        turn.Remember(scope, idempotency, dispatch, write.Now);
        return (write.Row.Id, dispatch, isSlow);
    }

    private Task<int?> QueueAsync(long id, Proposal proposal, int slots, CancellationToken cancellationToken) => _database.TurnAsync<int?>(async turn =>
    {
        var write = turn.Study($"{id}", _time);
        if (proposal.IsOutdated(write))
            return null;
        Proposing.Add(write, proposal, slots - write.Row.OpenTrials(), default);
        await write.SettleAsync();
        return write.Row.QueuedTrials;
    }, cancellationToken);
}
