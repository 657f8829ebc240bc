using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>What changed in a study between two of its versions.</summary>
/// <param name="Version">The version that the changes lead to.</param>
/// <param name="StudyId">The study.</param>
/// <param name="Trials">Trials that changed, as they stand now.</param>
/// <param name="Measurements">Measurements that were reported, with their trial's number.</param>
public sealed record StudyChanges(long Version, long StudyId, IReadOnlyList<TrialView> Trials, IReadOnlyList<(int Number, Measurement Measurement)> Measurements);

/// <summary>Changes since a version, derived from the rows themselves: no event can be lost, also over a restart.</summary>
public sealed class ChangeFeed(Database database, ChangeSignal signal)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The id and present version of a study.</summary>
    public async Task<(long Id, long Version)> FindAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        return (row.Id, row.Version);
    }

    /// <summary>The versions of all studies.</summary>
    public async Task<IReadOnlyDictionary<long, long>> VersionsAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await db.Studies.Select(s => new { s.Id, s.Version }).ToDictionaryAsync(s => s.Id, s => s.Version, cancellationToken);
    }

    /// <summary>What changed after a version; null when nothing did.</summary>
    /// <exception cref="NotFoundException">The study was deleted.</exception>
    public async Task<StudyChanges?> SinceAsync(long studyId, long version, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.ReadUncommitted, cancellationToken);
        var now = (await db.Studies.AsNoTracking().FindStudyAsync($"{studyId}", cancellationToken)).Version;
        if (now <= version)
            return null;
        var trials = await db.Trials.AsNoTracking().Where(t => t.StudyId == studyId && t.Version > version && t.Version <= now)
            .OrderBy(t => t.Version).ToListAsync(cancellationToken);
        var measurements = await db.Measurements.AsNoTracking().Where(m => m.StudyId == studyId && m.Version > version && m.Version <= now)
            .OrderBy(m => m.Version).ToListAsync(cancellationToken);
        return new StudyChanges(now, studyId, trials.ConvertAll(t => t.ToView()), measurements.ConvertAll(m => (m.Number, m.ToMeasurement())));
    }

    /// <summary>Returns when something may have changed: at once for this process's changes, at the next poll for others'.</summary>
    public static async Task WaitAsync(Task next, CancellationToken cancellationToken) =>
        await Task.WhenAny(next, Task.Delay(PollInterval, cancellationToken));

    /// <summary>See <see cref="ChangeSignal.Next"/>.</summary>
    public Task Next => signal.Next;
}
