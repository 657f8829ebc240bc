using HpoService.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace HpoService.Worker.Jobs;

/// <summary>Every second: takes back lost leases, ends studies whose time is up, and asks for the advance of every active study, which
/// repairs whatever a crash left undone.</summary>
[DisallowConcurrentExecution]
internal sealed class SweepJob(LeaseStore leases, StudyStore studies, StudyJobs jobs, WorkerLifetime lifetime, ILogger<SweepJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync();
            foreach (var id in await studies.ActiveInsideAsync(lifetime.Stopping))
                await jobs.AdvanceAsync(id, lifetime.Stopping);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // The next start sweeps again.
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            await leases.KeepSweepingAsync(lifetime.Stopping);
        }
        catch (AggregateException e)
        {
            logger.LogError(e, "Sweeping failed for some studies; it is tried again.");
        }
    }
}
