using HpoService.Search.Pruning;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Asks a study's pruner about a report that is stored already.</summary>
/// <remarks>Outside the report's transaction, so that nobody waits for a long history. A crash between the two loses no more than a
/// decision, which the next report brings again.</remarks>
internal sealed class Judging(Database database, TimeProvider time)
{
    private readonly Histories _histories = new(withMeasurements: true);

    /// <summary>The reason to stop, which later reports and heartbeats repeat; null = go on.</summary>
    public async Task<string?> ReasonToStopAsync(
        long studyId, StudyDefinition definition, int number, string leaseToken, Measurement latest, CancellationToken cancellationToken)
    {
        PruneDecision decision;
        await using (var db = database.Open())
        {
            // One snapshot for the study, its trials and their measurements.
            await using var snapshot = await db.SnapshotAsync(cancellationToken);
            var row = await db.Studies.AsNoTracking().FindStudyAsync($"{studyId}", cancellationToken);
            var history = await _histories.GetAsync(db, row, definition, cancellationToken);
            decision = PrunerRegistry.Create(definition.Pruner, definition.Sampler.Seed).Decide(history, number, latest);
        }

        if (!decision.ShouldStop)
            return null;
        var reason = $"pruner: {decision.Reason}";
        await database.TurnAsync(turn =>
        {
            var trial = turn.Study($"{studyId}", time).Trial(number);
            if (trial.State == TrialState.Running && trial.LeaseToken == leaseToken)
                (trial.StopRequested, trial.StopReason) = (true, reason);
            return Task.FromResult(trial);
        }, cancellationToken);
        return reason;
    }
}
