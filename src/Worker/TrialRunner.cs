using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

namespace HpoService.Worker;

/// <summary>Runs one leased trial in a training process and writes what becomes of it.</summary>
/// <remarks>At least once: a crash of this process at any point leaves the trial running under a lease that nobody renews; the sweep puts
/// it back into the queue, with its number, and the next attempt starts from the beginning.</remarks>
internal sealed class TrialRunner(
    LeaseStore leases, TrialStore trials, TrialProcessPool pool, WorkerOptions options, TimeProvider time, ILogger<TrialRunner> logger)
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(20);

    public async Task RunAsync(StudyView study, TrialView trial, CancellationToken shutdown)
    {
        var (id, token, runner) = ($"{study.Id}", trial.Lease!.Token, study.Definition.Runner);
        var request = new TrainingRequest(
            runner.Model!, runner.DataSet, runner.Settings, trial.Parameters, HashCode(study.Definition.Sampler.Seed, trial.Number));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(shutdown);
        var process = pool.Rent();
        string? stopReason = null;
        var beating = BeatAsync();
        var isIdle = false;
        try
        {
            var message = await process.TrainAsync(request, ReportAsync, ending.Token);
            isIdle = message.Failed is null;
            await FinishAsync(id, trial.Number, token, message, stopReason);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            await trials.ReleaseAsync(id, trial.Number, token, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // It did not stop when asked to: its process is killed below.
            await FinishAsync(id, trial.Number, token, new Message(Stopped: true), stopReason);
        }
        finally
        {
            await ending.CancelAsync();
            await beating;
            pool.Return(process, isIdle);
        }

        async Task ReportAsync(Measurement measurement) =>
            Obey(await leases.ReportAsync(id, trial.Number, token, measurement, CancellationToken.None));

        void Obey(ReportAnswer answer)
        {
            if (!answer.ShouldStop || stopReason is not null)
                return;
            stopReason = answer.Reason;
            process.Stop();
            ending.CancelAfter(StopGrace);
        }

        async Task BeatAsync()
        {
            using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
            try
            {
                while (await timer.WaitForNextTickAsync(ending.Token))
                    Obey(await leases.HeartbeatAsync(id, trial.Number, token, null, ending.Token));
            }
            catch (OperationCanceledException)
            {
                // The trial is over.
            }
            catch (Exception e)
            {
                logger.LogError(e, "Heartbeat of trial {Number} of study {Study} failed.", trial.Number, id);
            }
        }
    }

    private async Task FinishAsync(string study, int number, string token, Message message, string? stopReason)
    {
        try
        {
            if (message.Stopped && stopReason is StopReasons.Paused or StopReasons.LeaseLost)
            {
                await trials.ReleaseAsync(study, number, token, CancellationToken.None);
                return;
            }

            TrialOutcome outcome = message switch
            {
                { Completed: { } values } => new TrialOutcome.Completed(values),
                { Infeasible: { } reason } => new TrialOutcome.Infeasible(reason),
                { Failed: { } reason } => new TrialOutcome.Failed(reason),
                _ => new TrialOutcome.Pruned(stopReason),
            };
            await trials.FinishAsync(study, number, token, outcome, CancellationToken.None);
        }
        catch (Exception e) when (e is StaleLeaseException or IllegalMoveException or NotFoundException)
        {
            logger.LogInformation("Trial {Number} of study {Study} was taken away: {Reason}", number, study, e.Message);
        }
    }

    private static long HashCode(long seed, int number) => unchecked((seed * 1_000_003 + number) & 0x7FFF_FFFF_FFFF);
}
