using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

namespace HpoService.Worker;

/// <summary>Runs one leased trial in a process of its own and writes what becomes of it.</summary>
/// <remarks>At least once: a crash of this process at any point leaves the trial running under a lease that nobody renews; the sweep puts
/// it back into the queue, with its number, and the next attempt starts from the beginning. While the database is away the training goes on, and
/// what it says is told when the database is back.</remarks>
internal sealed class TrialRunner(
    LeaseStore leases, TrialStore trials, Attempts attempts, WorkerOptions options, TimeProvider time, ILogger<TrialRunner> logger)
{
    public async Task RunAsync(StudyView study, TrialView trial, CancellationToken shutdown)
    {
        var (id, token) = ($"{study.Id}", trial.Lease!.Token);
        using var scope = logger.BeginScope("study {StudyId} trial {Trial} attempt {Attempt}", study.Id, trial.Number, trial.Attempt);
        using var activity = Tracing.Start("run trial", study.Id, trial.Number);
        IAttempt attempt;
        try
        {
            attempt = attempts.Start(study, trial);
        }
        catch (Exception e)
        {
            logger.LogError(e, "The process of trial {Number} of study {Study} could not be started.", trial.Number, id);
            await FinishAsync(id, trial.Number, token, new Message(Failed: e is InvalidStudyException ? e.Message : "the process could not be started: the worker's log says why"), null, shutdown);
            return;
        }

        using var ending = new CancellationTokenSource();
        string? stopReason = null;
        await using var onShutdown = shutdown.Register(Leave);
        var beating = BeatAsync();
        try
        {
            var message = await attempt.RunAsync(ReportAsync, ending.Token);
            await FinishAsync(id, trial.Number, token, message.IsEmpty ? await ReportedAsync(id, trial.Number, ending.Token) : message, stopReason, shutdown);
        }
        catch (OperationCanceledException)
        {
            // It did not stop when asked to, or need not be asked: its process is killed below.
            await FinishAsync(id, trial.Number, token, new Message(Stopped: true), stopReason, shutdown);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Trial {Number} of study {Study} broke.", trial.Number, id);
            await FinishAsync(id, trial.Number, token, new Message(Failed: e.Message), stopReason, shutdown);
        }
        finally
        {
            await onShutdown.DisposeAsync();
            await ending.CancelAsync();
            await beating;
            attempt.Dispose();
        }

        async Task ReportAsync(Measurement measurement) => Obey(await AnswerAsync(
            () => DurablyAsync(() => leases.ReportAsync(id, trial.Number, token, measurement, CancellationToken.None), id, trial.Number, ending.Token)));

        void Obey(ReportAnswer answer)
        {
            if (!answer.ShouldStop || Interlocked.CompareExchange(ref stopReason, answer.Reason, null) is not null)
                return;
            attempt.Stop();
            ending.CancelAfter(options.StopGrace);
        }

        void Leave()
        {
            Obey(new ReportAnswer(true, StopReasons.Paused, null));
            if (!attempt.KeepsWork)
                ending.Cancel();
        }

        async Task BeatAsync()
        {
            using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
            while (await TickAsync(timer, ending.Token))
            {
                try
                {
                    Obey(await AnswerAsync(() => leases.HeartbeatAsync(id, trial.Number, token, null, CancellationToken.None)));
                }
                catch (Exception e)
                {
                    logger.LogError(e, "A heartbeat of trial {Number} of study {Study} failed; the next one is tried.", trial.Number, id);
                }
            }
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken ending)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ending);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<ReportAnswer> AnswerAsync(Func<Task<ReportAnswer>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NotFoundException)
        {
            return new ReportAnswer(true, "the study was deleted", null);
        }
    }

    private async Task FinishAsync(string study, int number, string token, Message message, string? stopReason, CancellationToken shutdown)
    {
        // Hours of work may be in it: only a shutdown does not wait for ever.
        using var last = new CancellationTokenSource();
        using var onShutdown = shutdown.Register(() => last.CancelAfter(options.StopGrace));
        try
        {
            await DurablyAsync(() => message.Stopped && stopReason is StopReasons.Paused or StopReasons.LeaseLost
                ? trials.ReleaseAsync(study, number, token, CancellationToken.None)
                : trials.FinishAsync(study, number, token, Outcome(message, stopReason), CancellationToken.None), study, number, last.Token);
        }
        catch (OperationCanceledException)
        {
            logger.LogError("What became of trial {Number} of study {Study} could not be written before the shutdown: its lease runs out.", number, study);
        }
        catch (Exception e) when (e is StaleLeaseException or IllegalMoveException or NotFoundException)
        {
            logger.LogInformation("Trial {Number} of study {Study} was taken away: {Reason}", number, study, e.Message);
        }
        catch (HpoException e) when (message.Failed is null)
        {
            // Such as an objective that the model does not report.
            await FinishAsync(study, number, token, new Message(Failed: e.Message), stopReason, shutdown);
        }
    }

    // Of a program that has reported over HTTP, as any client does.
    private async Task<Message> ReportedAsync(string study, int number, CancellationToken cancellationToken) =>
        (await DurablyAsync(() => trials.GetAsync(study, number, CancellationToken.None), study, number, cancellationToken)).Measurements is [.., var last]
            ? new Message(Completed: last.Values)
            : new Message(Failed: "a command must report a result, but got none before it ended");

    // Repeated until the database takes it, as often as leases are renewed: all that is said here counts once.
    private async Task<T> DurablyAsync<T>(Func<Task<T>> call, string study, int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (Database.Translate(e) is BusyException or UnwritableException or UnknownOutcomeException)
            {
                logger.LogWarning(e, "Trial {Number} of study {Study}: the database did not take what it says; it is told again.", number, study);
            }

            await Task.Delay(options.HeartbeatInterval, time, cancellationToken);
        }
    }

    private static TrialOutcome Outcome(Message message, string? stopReason) => message switch
    {
        { Completed: { } values } => new TrialOutcome.Completed(values),
        { Infeasible: { } reason } => new TrialOutcome.Infeasible(reason),
        { Failed: { } reason } => new TrialOutcome.Failed(reason),
        _ => new TrialOutcome.Pruned(stopReason),
    };
}
