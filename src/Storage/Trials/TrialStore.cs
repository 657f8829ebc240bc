using System.Text.Json.Nodes;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Trials: read, enqueue, finish, cancel. Every write is durable when its task completes.</summary>
public sealed class TrialStore(Database database, TimeProvider time)
{
    /// <summary>One trial with all its measurements.</summary>
    public async Task<TrialView> GetAsync(string study, int number, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        var trial = await db.Trials.AsNoTracking().FirstOrDefaultAsync(t => t.StudyId == row.Id && t.Number == number, cancellationToken)
            ?? throw new NotFoundException("trial", $"{number}");
        var measurements = await db.Measurements.AsNoTracking()
            .Where(m => m.StudyId == row.Id && m.Number == number).OrderBy(m => m.Step).ToListAsync(cancellationToken);
        return trial.ToView(measurements.ConvertAll(m => m.ToMeasurement()));
    }

    /// <summary>A page of trials by number, with the latest measurement only.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="state">Only those in this state.</param>
    /// <param name="since">Only those that changed after this version of the study.</param>
    /// <param name="after">The cursor of the page before: a number.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="descending">Largest number first.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Page<TrialView>> ListAsync(
        string study, TrialState? state, long? since, int? after, int limit, bool descending, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        var trials = db.Trials.AsNoTracking().Where(t => t.StudyId == row.Id);
        if (state is not null)
            trials = trials.Where(t => t.State == state);
        if (since is not null)
            trials = trials.Where(t => t.Version > since);
        if (after is not null)
            trials = descending ? trials.Where(t => t.Number < after) : trials.Where(t => t.Number > after);
        trials = descending ? trials.OrderByDescending(t => t.Number) : trials.OrderBy(t => t.Number);
        var page = await trials.Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<TrialView>([.. page.Take(limit).Select(t => t.ToView())], page.Count > limit ? $"{page[limit - 1].Number}" : null);
    }

    /// <summary>Queues trials with all or some of their parameters given.</summary>
    /// <exception cref="StudyClosedException">The study is final.</exception>
    /// <exception cref="InvalidParameterValuesException">Values that do not fit the space, or too many trials at once.</exception>
    /// <exception cref="IllegalMoveException">More trials than maxTrials leaves.</exception>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public Task<IReadOnlyList<TrialView>> EnqueueAsync(
        string study, IReadOnlyList<ParameterValues> trials, Idempotency? idempotency, CancellationToken cancellationToken) =>
        WriteAsync(study, write =>
        {
            var scope = IdempotencyKeys.Scope(IdempotencyKeys.Enqueue, write.Row.Id);
            if (write.Turn.Recall<List<TrialView>>(scope, idempotency) is { } earlier)
                return Task.FromResult<IReadOnlyList<TrialView>>(earlier);
            if (write.Row.State.IsFinal())
                throw new StudyClosedException(write.Row.State);
            Enqueuing.Validate(write.Definition, trials, "/trials");
            if (write.Row.NextNumber + trials.Count > write.Definition.Budget.MaxTrials)
                throw new IllegalMoveException($"trials <= maxTrials {write.Definition.Budget.MaxTrials} must hold, but got {write.Row.NextNumber} + {trials.Count}.");
            List<TrialView> queued = [.. trials.Select(values => Enqueuing.Add(write, values, "enqueued").ToView())];
            write.Turn.Remember(scope, idempotency, queued, write.Now);
            return Task.FromResult<IReadOnlyList<TrialView>>(queued);
        }, cancellationToken);

    /// <summary>Ends an attempt. The same message twice has one effect; a result that comes after its lease ran out still counts while
    /// nobody else holds the trial.</summary>
    /// <exception cref="StaleLeaseException">Somebody else holds it.</exception>
    /// <exception cref="IllegalMoveException">It ended otherwise.</exception>
    /// <exception cref="InvalidValuesException">An objective's metric is missing.</exception>
    public Task<TrialView> FinishAsync(string study, int number, string leaseToken, TrialOutcome outcome, CancellationToken cancellationToken) =>
        WriteAsync(study, async write =>
        {
            var trial = write.Trial(number);
            var (state, values, reason) = outcome.Resolve(write.Definition);
            var valuesJson = values is null ? null : Mapping.MetricsToJson(values);
            if (state == TrialState.Failed && FailedTokens.IsSame(trial.FailedToken, leaseToken, reason) is { } isSameFailure)
                return isSameFailure ? trial.ToView() : throw IllegalMoveException.Of($"trial {number}", TrialState.Failed, state);
            if (trial.State.IsFinal())
            {
                // What a report has ended already, its sender may not know yet, and says it once more with all that it has.
                var isSame = trial.Error == reason || state == TrialState.Infeasible && trial.Error == TrialOutcome.Diverged;
                return trial.LeaseToken == leaseToken && trial.State == state && SameValues(trial.ValuesJson, values) && isSame
                    ? trial.ToView()
                    : throw IllegalMoveException.Of($"trial {number}", trial.State, state);
            }

            if (trial.LeaseToken != leaseToken)
                throw new StaleLeaseException(number);
            if (trial.State == TrialState.Queued)
                write.Move(trial, TrialState.Running); // its lease ran out, but nobody took it since: the late result counts
            (trial.Error, trial.ValuesJson) = (reason, valuesJson);
            if (state == TrialState.Failed)
            {
                trial.FailedToken = FailedTokens.With(trial.FailedToken, leaseToken, reason);
                trial.Failures++;
                var retry = trial.Failures < write.Row.MaxAttempts && !write.Row.State.IsFinal();
                if (retry)
                    trial.LeaseToken = null;
                state = retry ? TrialState.Queued : TrialState.Failed;
            }

            write.Move(trial, state);
            if (state == TrialState.Completed)
                await write.ObserveAsync(trial, values!);
            await write.SettleAsync();
            return trial.ToView();
        }, cancellationToken);

    /// <summary>Gives a running trial back to the queue unharmed: its worker drains or shuts down, or the study was paused.</summary>
    public Task<TrialView> ReleaseAsync(string study, int number, string leaseToken, CancellationToken cancellationToken) =>
        WriteAsync(study, async write =>
        {
            var trial = write.Trial(number);
            if (trial.State != TrialState.Running || trial.LeaseToken != leaseToken)
                return trial.ToView();
            trial.LeaseToken = null;
            write.Move(trial, write.Row.State.IsFinal() ? TrialState.Canceled : TrialState.Queued);
            return trial.ToView();
        }, cancellationToken);

    /// <summary>Withdraws a trial that is not final; one that is canceled already stays so. Needs no lease, but who names one must hold it.</summary>
    /// <exception cref="StaleLeaseException">Somebody else holds it.</exception>
    /// <exception cref="IllegalMoveException">It ended otherwise, or for another reason.</exception>
    public Task<TrialView> CancelAsync(string study, int number, string? reason, CancellationToken cancellationToken, string? leaseToken = null) =>
        WriteAsync(study, async write =>
        {
            var trial = write.Trial(number);
            if (trial.State == TrialState.Canceled && (reason is null || reason == trial.Error))
                return trial.ToView();
            if (leaseToken is not null && leaseToken != trial.LeaseToken && !trial.State.IsFinal())
                throw new StaleLeaseException(number);
            write.Move(trial, TrialState.Canceled);
            trial.Error = reason;
            await write.SettleAsync();
            return trial.ToView();
        }, cancellationToken);

    /// <summary>Replaces a trial's user attributes.</summary>
    public Task<TrialView> SetUserAttributesAsync(string study, int number, JsonObject attributes, CancellationToken cancellationToken) =>
        WriteAsync(study, async write =>
        {
            var trial = write.Trial(number);
            trial.UserAttributesJson = attributes.ToJsonString();
            write.Touch(trial);
            return trial.ToView();
        }, cancellationToken);

    // By content: a repeated message may name its metrics in another order.
    private static bool SameValues(string? stored, IReadOnlyDictionary<string, double>? values) => stored is null || values is null
        ? stored is null && values is null
        : Mapping.MetricsFromJson(stored) is var known && known.Count == values.Count && known.All(v => values.TryGetValue(v.Key, out var value) && value == v.Value);

    private Task<T> WriteAsync<T>(string study, Func<StudyWrite, Task<T>> change, CancellationToken cancellationToken) =>
        database.TurnAsync(turn => change(turn.Study(study, time)), cancellationToken);
}
