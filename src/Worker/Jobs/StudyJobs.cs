using System.Collections.Concurrent;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.Extensions.Logging;
using Quartz;

namespace HpoService.Worker.Jobs;

/// <summary>Asks for jobs of a study. Trigger names are fixed, so that asking twice for what already waits changes nothing.</summary>
internal sealed class StudyJobs(ISchedulerFactory schedulers, WorkerOptions options, StudyStore studies, Attempts attempts, ILogger<StudyJobs> logger)
{
    private readonly ConcurrentDictionary<long, Runner> _runners = new(); // a study's never changes
    private readonly ConcurrentDictionary<long, bool> _waiting = new();

    /// <summary>Has the study advanced soon, after a run of the same job that is on its way now, if there is one; a study whose trials this worker cannot run is left to others.</summary>
    public async Task AdvanceAsync(long studyId, CancellationToken cancellationToken)
    {
        if (!await CanRunAsync(studyId, cancellationToken))
            return;
        // Two names: one may belong to the run that goes on now and has looked already; then the other waits behind it.
        for (var i = 0; i < 2; i++)
            if (await TryTriggerAsync<AdvanceStudyJob>(JobKeys.Advance(studyId), studyId, i, cancellationToken))
                return;
    }

    /// <summary>Has so many runners lease trials of the study, counting those that do already.</summary>
    public async Task RunTrialsAsync(long studyId, int runners, CancellationToken cancellationToken)
    {
        // One more than there are slots: a runner that ends right now still has its name.
        for (var i = 0; i < Math.Min(runners, options.Slots + 1); i++)
            await TryTriggerAsync<RunTrialsJob>(JobKeys.RunTrials(studyId), studyId, i, cancellationToken);
    }

    // To ask in vain, as soon as anything has changed, would be a change.
    private async Task<bool> CanRunAsync(long studyId, CancellationToken cancellationToken)
    {
        if (!_runners.TryGetValue(studyId, out var runner))
        {
            try
            {
                _runners[studyId] = runner = (await studies.GetAsync($"{studyId}", cancellationToken)).Definition.Runner;
            }
            catch (NotFoundException)
            {
                return false; // deleted since it was found
            }
        }

        if (attempts.CanRun(runner))
        {
            _waiting.TryRemove(studyId, out _);
            return true;
        }

        if (_waiting.TryAdd(studyId, true))
            logger.LogWarning("Study {Study} waits for another worker: this one has no {What}.", studyId, runner.Kind == Runner.CommandKind ? $"command '{runner.Command}'" : $"data set '{runner.DataSet}'");
        return false;
    }

    private async Task<bool> TryTriggerAsync<TJob>(JobKey key, long studyId, int index, CancellationToken cancellationToken) where TJob : IJob
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var name = new TriggerKey($"{studyId}-{index}", key.Group);
        if (await scheduler.Exists(name, cancellationToken))
            return false;
        if (!await scheduler.Exists(key, cancellationToken))
        {
            var job = JobBuilder.Create<TJob>().WithIdentity(key).UsingJobData(JobKeys.StudyId, $"{studyId}").StoreDurably().RequestRecovery().Build();
            await scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
        }

        try
        {
            await scheduler.ScheduleJob(TriggerBuilder.Create().WithIdentity(name).ForJob(key).StartNow().Build(), cancellationToken: cancellationToken);
            return true;
        }
        catch (ObjectAlreadyExistsException)
        {
            return false; // another node was first
        }
    }
}
