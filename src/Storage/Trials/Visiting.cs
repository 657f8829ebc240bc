using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Reads the visited points of a long study once, outside any transaction, for the writer to keep.</summary>
internal sealed class Visiting(Database database, TimeProvider time)
{
    /// <summary>Returns when the writer has the visited points of the study at hand.</summary>
    public async Task ReadyAsync(long id, CancellationToken cancellationToken)
    {
        if (await database.TurnAsync(turn => Task.FromResult(turn.Study($"{id}", time).Pointwise is not null), cancellationToken))
            return;
        var (visited, version) = await ReadAsync(id, cancellationToken);
        await database.TurnAsync(turn =>
        {
            turn.Session.Study($"{id}")?.Adopt(visited, version);
            return Task.FromResult(true);
        }, cancellationToken);
    }

    private async Task<(Visited Visited, long Version)> ReadAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var version = (await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken)).Version;
        var visited = new Visited();
        var trials = db.Trials.AsNoTracking().Where(t => t.StudyId == id && t.State != TrialState.Canceled)
            .Select(t => new { t.Number, t.ParametersJson });
        await foreach (var trial in trials.AsAsyncEnumerable().WithCancellation(cancellationToken))
            visited.Set(trial.Number, Mapping.FromJson<ParameterValues>(trial.ParametersJson));
        return (visited, version);
    }
}
