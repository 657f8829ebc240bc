using HpoService.Search.Studies;
using HpoService.Storage;
using Quartz;

namespace HpoService.Worker.Jobs;

/// <summary>Has the sampler fill the study's queue, and runners started for it; never twice at once for one study, on any node.</summary>
[DisallowConcurrentExecution]
internal sealed class AdvanceStudyJob(TrialDispatcher dispatcher, StudyStore studies, WorkerStore workers, StudyJobs jobs, WorkerLifetime lifetime) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var id = context.GetStudyId();
        try
        {
            var waiting = await dispatcher.FillQueueAsync(id, await workers.SlotsAsync(lifetime.Stopping), lifetime.Stopping);
            if (waiting == 0)
                return;
            // A crash here leaves queued trials without a runner: the sweep asks for the advance of every active study again.
            var study = await studies.GetAsync($"{id}", lifetime.Stopping);
            // One more than needed: a runner that ends right now still has its name.
            await jobs.RunTrialsAsync(id, waiting + study.TrialCounts[TrialState.Running] + 1, lifetime.Stopping);
        }
        catch (NotFoundException)
        {
            await context.Scheduler.DeleteJob(context.JobDetail.Key, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested)
        {
            // The sweep of the next start goes on from here.
        }
    }
}
