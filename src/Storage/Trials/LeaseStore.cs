using System.Security.Cryptography;
using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Leases: take, renew with reports and heartbeats, and take back when they run out.</summary>
public sealed class LeaseStore(Database database, TimeProvider time)
{
    /// <summary>After so many lost leases a trial fails: something about it takes its workers down.</summary>
    public const int MaxLeaseLosses = 5;

    private readonly Judging _judging = new(database, time);

    /// <summary>Takes the oldest queued trial of an active study, if its parallel limit allows one more.</summary>
    public async Task<TrialView?> TakeAsync(string study, string worker, TimeSpan duration, CancellationToken cancellationToken)
    {
        var taken = await database.TurnAsync(async turn =>
            await TakeAsync(turn.Study(study, time), 1, worker, duration) is [var trial] ? trial : null, cancellationToken);
        return taken?.ToView(withLease: true);
    }

    /// <summary>A measurement that may be reported.</summary>
    /// <exception cref="InvalidValuesException">A negative step or no value.</exception>
    public static Measurement Check(Measurement measurement)
    {
        var violations = new List<Violation>();
        if (measurement.Step < 0)
            violations.Add(new Violation("/step", $"step >= 0 must hold, but got {measurement.Step}."));
        if (measurement.Values.Count == 0)
            violations.Add(new Violation("/values", "values must hold at least one metric, but got none."));
        return violations.Count == 0 ? measurement : throw new InvalidValuesException(violations);
    }

    /// <summary>Stores a measurement, renews the lease and asks the pruner.</summary>
    /// <remarks>A report for a trial that is final or held by somebody else is not stored and answers that the sender should stop.</remarks>
    /// <exception cref="InvalidValuesException">A negative step or no value.</exception>
    public async Task<ReportAnswer> ReportAsync(string study, int number, string leaseToken, Measurement measurement, CancellationToken cancellationToken)
    {
        Check(measurement);
        StudyWrite? stored = null;
        var answer = await RenewAsync(study, number, leaseToken, null, async (write, trial) =>
        {
            write.Touch(trial);
            write.Turn.Measure(new MeasurementRow
            {
                StudyId = write.Row.Id, Number = number, Step = measurement.Step, ValuesJson = Mapping.MetricsToJson(measurement.Values),
                ReportedAt = write.Now, Version = write.Row.Version,
            });
            if (trial.ToSnapshot().Measurements is not [var latest, ..] || latest.Step <= measurement.Step)
                trial.LatestMeasurementJson = Mapping.MeasurementToJson(measurement);
            await EndIfInfeasibleAsync(write, trial, measurement);
            stored = write;
        }, cancellationToken);
        if (answer.ShouldStop || stored is not { Definition: { Pruner.Kind: not "none" } definition, Row.Id: var id })
            return answer;
        return await ReasonToStopAsync(id, definition, number, leaseToken, measurement) is { } reason ? answer with { ShouldStop = true, Reason = reason } : answer;
    }

    // The measurement is stored by now: whatever keeps the pruner from deciding, its sender must hear so. The next report brings the decision again.
    private async Task<string?> ReasonToStopAsync(long studyId, StudyDefinition definition, int number, string leaseToken, Measurement measurement)
    {
        try
        {
            return await _judging.ReasonToStopAsync(studyId, definition, number, leaseToken, measurement, CancellationToken.None);
        }
        catch (Exception e) when (Database.Translate(e) is BusyException or UnwritableException or UnknownOutcomeException)
        {
            return null;
        }
    }

    /// <summary>Renews the lease, for <paramref name="duration"/> from now or as long as before.</summary>
    public Task<ReportAnswer> HeartbeatAsync(string study, int number, string leaseToken, TimeSpan? duration, CancellationToken cancellationToken) =>
        RenewAsync(study, number, leaseToken, duration, (_, _) => Task.CompletedTask, cancellationToken);

    /// <summary><see cref="SweepAsync(CancellationToken)"/>, to be called every second, also before anything else. Where it was not, or the database took nothing meanwhile, holders could not renew their leases:
    /// from then on each has as long for it as its lease lasts, ten minutes at most.</summary>
    /// <returns>How many trials came back.</returns>
    /// <exception cref="AggregateException">As for <see cref="SweepAsync(CancellationToken)"/>.</exception>
    public async Task<int> KeepSweepingAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (database.RenewableSince == 0 || database.RenewableFor(now) < 0)
            database.RenewableSince = now;
        database.SweptAt = now;
        try
        {
            return await SweepAsync(cancellationToken);
        }
        catch (Exception e) when (e is not AggregateException)
        {
            database.AnnounceOutage();
            throw;
        }
        finally
        {
            database.SweptAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        }
    }

    /// <summary>Puts trials whose lease ran out back into the queue, and ends studies whose time is up.</summary>
    /// <returns>How many trials came back.</returns>
    /// <exception cref="AggregateException">Studies that could not be swept; all others were.</exception>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var renewableFor = database.RenewableFor(now);
        await using var db = database.Open();
        var due = await db.Trials.Where(t => t.State == TrialState.Running && t.LeaseExpiresAt < now && t.LeaseMilliseconds <= renewableFor).Select(t => t.StudyId).Distinct().ToListAsync(cancellationToken);
        var active = await db.Studies.AsNoTracking().Where(s => s.State == StudyState.Active || s.State == StudyState.Paused)
            .Select(s => new { s.Id, s.CreatedAt, s.BudgetJson }).ToListAsync(cancellationToken);
        due.AddRange(active.Where(s => !Mapping.TryFromJson<Budget>(s.BudgetJson, out var budget) || now >= s.CreatedAt + 1000 * budget.MaxSeconds).Select(s => s.Id));
        return await TakeBackAsync(due.Distinct(), worker: null, cancellationToken);
    }

    /// <summary>Takes back at once what a worker held that died under this name: its successor need not wait until the leases run out.
    /// Trials of clients, who may call themselves the same, are left alone.</summary>
    /// <param name="worker">A name that the caller alone holds, so that the former holder is dead.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>How many trials came back.</returns>
    /// <exception cref="AggregateException">Studies whose trials could not be taken back; all others' were.</exception>
    public async Task<int> ReclaimAsync(string worker, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var held = from trial in db.Trials
                   join study in db.Studies on trial.StudyId equals study.Id
                   where trial.State == TrialState.Running && trial.Worker == worker && study.RunnerKind != Runner.External
                   select study.Id;
        return await TakeBackAsync(await held.Distinct().ToListAsync(cancellationToken), worker, cancellationToken);
    }

    // Those whose lease ran out, or all that a dead worker held.
    private static async Task<int> SweepAsync(StudyWrite write, string? dead = null)
    {
        var renewableFor = write.RenewableFor;
        var running = write.Db.Trials.Where(t => t.StudyId == write.Row.Id && t.State == TrialState.Running);
        var lost = await (dead is null ? running.Where(t => t.LeaseExpiresAt < write.Now && t.LeaseMilliseconds <= renewableFor) : running.Where(t => t.Worker == dead)).ToListAsync();
        foreach (var trial in lost)
        {
            trial.LeaseLosses++;
            StorageMetrics.LeaseLosses.Add(1);
            var to = write.Row.State.IsFinal() ? TrialState.Canceled
                : trial.LeaseLosses < MaxLeaseLosses ? TrialState.Queued : TrialState.Failed;
            if (to == TrialState.Failed)
                trial.Error = $"the lease was lost {trial.LeaseLosses} times";
            if (dead is not null)
                trial.LeaseToken = null;
            write.Move(trial, to); // keeps a living holder's token: a late result is still welcome while nobody else holds the trial
        }

        return lost.Count;
    }

    internal static async Task<IReadOnlyList<TrialRow>> TakeAsync(StudyWrite write, int count, string worker, TimeSpan duration)
    {
        if (write.Row.State != StudyState.Active)
            return [];
        if (write.MayHaveLostLeases && await SweepAsync(write) > 0)
        {
            await write.Db.SaveChangesAsync();
            await write.SettleAsync(); // the last open trial may have been lost for good
        }

        if (!write.HasRoom || write.Row.QueuedTrials == 0)
            return [];
        var take = Math.Min(write.Definition.Budget.MaxParallelTrials - write.Row.RunningTrials, count);
        var renewableFor = write.RenewableFor;
        // One with a token was lost while another process swept: its holder may be about to renew its lease.
        var trials = await write.Db.Trials
            .Where(t => t.StudyId == write.Row.Id && t.State == TrialState.Queued && !t.IsPartial && (t.LeaseToken == null || t.LeaseMilliseconds <= renewableFor))
            .OrderBy(t => t.Number).Take(take).ToListAsync();
        foreach (var trial in trials)
            await StartAsync(write, trial, worker, duration);
        return trials;
    }

    internal static async Task StartAsync(StudyWrite write, TrialRow trial, string worker, TimeSpan duration)
    {
        write.Move(trial, TrialState.Running);
        if (++trial.Attempt > 1)
        {
            await write.Db.Measurements.Where(m => m.StudyId == write.Row.Id && m.Number == trial.Number).ExecuteDeleteAsync();
            trial.LatestMeasurementJson = null;
        }

        (trial.Worker, trial.StartedAt, trial.Error) = (worker, write.Now, null);
        (trial.LeaseToken, trial.LeaseMilliseconds) = (RandomNumberGenerator.GetHexString(32, lowercase: true), (long)duration.TotalMilliseconds);
        trial.LeaseExpiresAt = write.Now + trial.LeaseMilliseconds;
        (trial.StopRequested, trial.StopReason) = (false, null);
    }

    // What is wrong with one study is not the others' loss.
    private async Task<int> TakeBackAsync(IEnumerable<long> studies, string? worker, CancellationToken cancellationToken)
    {
        var (lost, failures) = (0, new List<Exception>());
        foreach (var id in studies)
        {
            try
            {
                lost += await TakeBackAsync(id, worker, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or BusyException or UnwritableException or UnknownOutcomeException))
            {
                failures.Add(new InvalidOperationException($"Trials of study {id} could not be taken back.", e));
            }
        }

        return failures.Count == 0 ? lost : throw new AggregateException(failures);
    }

    private async Task<int> TakeBackAsync(long id, string? worker, CancellationToken cancellationToken)
    {
        try
        {
            return await database.TurnAsync(async turn =>
            {
                var write = turn.Study($"{id}", time);
                var count = await SweepAsync(write, worker);
                await write.SettleAsync();
                return count;
            }, cancellationToken);
        }
        catch (NotFoundException)
        {
            return 0; // deleted since it was found
        }
    }

    private static async Task EndIfInfeasibleAsync(StudyWrite write, TrialRow trial, Measurement latest)
    {
        if (write.Definition.Objectives.All(o => !latest.Values.TryGetValue(o.Metric, out var value) || double.IsFinite(value)))
            return;
        trial.Error = TrialOutcome.Diverged;
        write.Move(trial, TrialState.Infeasible);
        await write.SettleAsync();
    }

    private async Task<ReportAnswer> RenewAsync(
        string study, int number, string leaseToken, TimeSpan? duration, Func<StudyWrite, TrialRow, Task> change, CancellationToken cancellationToken)
    {
        return await database.TurnAsync(async turn =>
        {
            var write = turn.Study(study, time);
            var trial = write.Trial(number);
            if (trial.State.IsFinal())
                return new ReportAnswer(true, $"the trial is {trial.State.ToString().ToLowerInvariant()}", null);
            if (trial.LeaseToken != leaseToken)
                return new ReportAnswer(true, StopReasons.LeaseLost, null);
            if (trial.State == TrialState.Queued && !write.HasRoom)
                return new ReportAnswer(true, write.Row.State == StudyState.Paused ? StopReasons.Paused : StopReasons.LeaseLost, null);
            if (trial.State == TrialState.Queued)
            {
                write.Move(trial, TrialState.Running); // ran out, but nobody took it: the holder lives after all
                trial.LeaseLosses--;
            }

            trial.LeaseMilliseconds = (long?)duration?.TotalMilliseconds ?? trial.LeaseMilliseconds;
            trial.LeaseExpiresAt = write.Now + trial.LeaseMilliseconds;
            await change(write, trial);
            var reason = trial.State.IsFinal() ? $"the trial is {trial.State.ToString().ToLowerInvariant()}"
                : trial.StopRequested ? trial.StopReason
                : write.Row.State == StudyState.Paused ? StopReasons.Paused
                : write.Now > trial.StartedAt + 1000 * write.Definition.Budget.MaxTrialSeconds ? "maxTrialSeconds is over"
                : null;
            return new ReportAnswer(reason is not null, reason, Mapping.ToTime(trial.LeaseExpiresAt));
        }, cancellationToken);
    }
}
