using HpoService.Storage;
using HpoService.Worker.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace HpoService.Worker;

/// <summary>Announces the worker and its models, schedules the sweep, says that it lives, and turns changes into jobs at once.</summary>
internal sealed class WorkerService(
    WorkerOptions options, WorkerStore workers, LeaseStore leases, CardPublisher cards, CommandStore commands, StudyStore studies, ChangeSignal signal, StudyJobs jobs,
    WorkerLifetime lifetime, ISchedulerFactory schedulers, TimeProvider time, ILogger<WorkerService> logger) : BackgroundService
{
    // Other studies' clients may change something thousands of times a second.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TakeBackAsync(cancellationToken);
        await workers.RegisterAsync(options.Name, options.Slots, cancellationToken);
        await cards.PublishAsync(cancellationToken);
        await commands.PublishAsync([.. options.Commands.Select(c => c.Value.ToCard(c.Key))], cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await workers.RemoveAsync(options.Name, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ScheduleSweepAsync(stoppingToken);
        await Task.WhenAll(BeatAsync(stoppingToken), FollowAsync(stoppingToken));
    }

    // Before any job of this process starts: whoever held the name before is dead.
    private async Task TakeBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            await leases.ReclaimAsync(options.Name, cancellationToken);
            await leases.KeepSweepingAsync(cancellationToken);
        }
        catch (AggregateException e)
        {
            logger.LogError(e, "Not all trials of an earlier run could be taken back; their leases run out.");
        }
    }

    private async Task ScheduleSweepAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var job = JobBuilder.Create<SweepJob>().WithIdentity(JobKeys.Sweep).StoreDurably().Build();
        var trigger = TriggerBuilder.Create().WithIdentity("sweep").ForJob(job).StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(1)).RepeatForever())
            .Build();
        await scheduler.ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancellationToken);
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.HeartbeatInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                lifetime.IsDraining = await workers.HeartbeatAsync(options.Name, cancellationToken);
                await cards.PublishAsync(cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "The worker's heartbeat failed; it is tried again.");
            }
        }
    }

    // The sweep would find every change within a second: this makes it milliseconds for changes of this process.
    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = signal.Next;
            try
            {
                foreach (var id in await studies.NeedingTrialsAsync(await workers.SlotsAsync(cancellationToken), lifetime.Occupied < options.Slots, cancellationToken))
                    await jobs.AdvanceAsync(id, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Looking for studies to advance failed; the sweep tries again.");
            }

            await next.WaitAsync(cancellationToken);
            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }
}
