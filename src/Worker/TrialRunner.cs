using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

namespace HpoService.Worker;

/// <summary>Runs one leased trial in a process of its own and writes what becomes of it.</summary>
/// <remarks>At least once: a crash of this process at any point leaves the trial running under a lease that nobody renews; the sweep puts
/// it back into the queue, with its number, and the next attempt starts from the beginning.</remarks>
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
            await FinishAsync(id, trial.Number, token, new Message(Failed: "the process could not be started: the worker's log says why"), null);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        string? stopReason = null;
        var beating = BeatAsync();
        try
        {
            var message = await attempt.RunAsync(ReportAsync, ending.Token);
            await FinishAsync(id, trial.Number, token, message, stopReason);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            await FinishAsync(id, trial.Number, token, new Message(Stopped: true), StopReasons.Paused);
        }
        catch (OperationCanceledException)
        {
            // It did not stop when asked to: its process is killed below.
            await FinishAsync(id, trial.Number, token, new Message(Stopped: true), stopReason);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Trial {Number} of study {Study} broke.", trial.Number, id);
            await FinishAsync(id, trial.Number, token, new Message(Failed: e.Message), stopReason);
        }
        finally
        {
            await ending.CancelAsync();
            await beating;
            attempt.Dispose();
        }

        async Task ReportAsync(Measurement measurement) => Obey(await AnswerAsync(
            () => leases.ReportAsync(id, trial.Number, token, measurement, CancellationToken.None)));

        void Obey(ReportAnswer answer)
        {
            if (!answer.ShouldStop || Interlocked.CompareExchange(ref stopReason, answer.Reason, null) is not null)
                return;
            attempt.Stop();
            ending.CancelAfter(options.StopGrace);
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

    private async Task FinishAsync(string study, int number, string token, Message message, string? stopReason)
    {
        try
        {
            if (message.Stopped && stopReason is StopReasons.Paused or StopReasons.LeaseLost)
                await trials.ReleaseAsync(study, number, token, CancellationToken.None);
            else
                await trials.FinishAsync(study, number, token, Outcome(message, stopReason), CancellationToken.None);
        }
        catch (Exception e) when (e is StaleLeaseException or IllegalMoveException or NotFoundException)
        {
            logger.LogInformation("Trial {Number} of study {Study} was taken away: {Reason}", number, study, e.Message);
        }
        catch (HpoException e) when (message.Failed is null)
        {
            // Such as an objective that the model does not report.
            await FinishAsync(study, number, token, new Message(Failed: e.Message), stopReason);
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
