using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>How many of what there are.</summary>
/// <param name="Studies">Studies by state.</param>
/// <param name="Trials">Trials by state, of all studies.</param>
/// <param name="Waiting">Queued trials of active studies: the queue's depth.</param>
/// <param name="Slots">What the workers heard of lately can run at once.</param>
public sealed record Count(IReadOnlyDictionary<StudyState, int> Studies, IReadOnlyDictionary<TrialState, long> Trials, long Waiting, int Slots);

/// <summary>Counts from the counters that studies keep, never from their trials.</summary>
public sealed class Census(Database database, WorkerStore workers)
{
    /// <summary>Counts now.</summary>
    public async Task<Count> TakeAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var groups = await db.Studies.GroupBy(s => s.State).Select(g => new
        {
            State = g.Key, Studies = g.Count(), Queued = g.Sum(s => (long)s.QueuedTrials), Running = g.Sum(s => (long)s.RunningTrials), Completed = g.Sum(s => (long)s.CompletedTrials),
            Pruned = g.Sum(s => (long)s.PrunedTrials), Infeasible = g.Sum(s => (long)s.InfeasibleTrials), Failed = g.Sum(s => (long)s.FailedTrials), Canceled = g.Sum(s => (long)s.CanceledTrials),
        }).ToListAsync(cancellationToken);
        return new Count(
            Enum.GetValues<StudyState>().ToDictionary(state => state, state => groups.Find(g => g.State == state)?.Studies ?? 0),
            new Dictionary<TrialState, long>
            {
                [TrialState.Queued] = groups.Sum(g => g.Queued), [TrialState.Running] = groups.Sum(g => g.Running), [TrialState.Completed] = groups.Sum(g => g.Completed),
                [TrialState.Pruned] = groups.Sum(g => g.Pruned), [TrialState.Infeasible] = groups.Sum(g => g.Infeasible), [TrialState.Failed] = groups.Sum(g => g.Failed),
                [TrialState.Canceled] = groups.Sum(g => g.Canceled),
            },
            groups.Where(g => g.State == StudyState.Active).Sum(g => g.Queued), await workers.SlotsAsync(cancellationToken));
    }
}
