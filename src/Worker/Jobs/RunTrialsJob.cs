using HpoService.Storage;
using Quartz;

namespace HpoService.Worker.Jobs;

/// <summary>Takes one of the worker's slots and runs queued trials of one study, one after another, until none waits.</summary>
/// <remarks>The study store's leases, not this job, are what keeps a trial: one durable job leases many trials, as a job a trial would
/// cost four more transactions each.</remarks>
[ExecutionGroup(JobKeys.TrialGroup)]
internal sealed class RunTrialsJob(LeaseStore leases, StudyStore studies, Attempts attempts, TrialRunner runner, WorkerOptions options, WorkerLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var id = $"{context.GetStudyId()}";
        if (!lifetime.TryOccupy(options.Slots))
            return; // the heartbeat asks again once a slot is free
        try
        {
            if (!attempts.CanRun((await studies.GetAsync(id, lifetime.Stopping)).Definition.Runner))
                return;
            while (!lifetime.IsDraining && await leases.TakeAsync(id, options.Name, options.Lease, lifetime.Stopping) is { } trial)
                await runner.RunAsync(await studies.GetAsync(id, CancellationToken.None), trial, lifetime.Stopping);
        }
        catch (NotFoundException)
        {
            await context.Scheduler.DeleteJob(context.JobDetail.Key, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // Nothing was taken.
        }
        finally
        {
            lifetime.Free();
        }
    }
}
