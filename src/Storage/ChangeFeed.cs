using System.Collections.Concurrent;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>What changed in a study between two of its versions.</summary>
/// <param name="Version">The version that the changes lead to.</param>
/// <param name="StudyId">The study.</param>
/// <param name="Trials">Trials that changed, as they stand now.</param>
/// <param name="Measurements">Measurements that were reported, with their trial's number.</param>
/// <param name="Study">The study, as it stands now.</param>
public sealed record StudyChanges(
    long Version, long StudyId, IReadOnlyList<TrialView> Trials, IReadOnlyList<(int Number, Measurement Measurement)> Measurements, StudyView Study);

/// <summary>That a study came, changed or went.</summary>
/// <param name="Number">Larger than that of every change before, of whichever study.</param>
/// <param name="StudyId">The study.</param>
/// <param name="Study">As it stands now; null = it is gone.</param>
public sealed record StudyChange(long Number, long StudyId, StudyView? Study);

/// <summary>Changes since a version, derived from the rows themselves: no event can be lost, also over a restart.</summary>
public sealed class ChangeFeed(Database database)
{
    private const int MaxStudies = 64, MostAtOnce = 200;

    // Rows of a look; a version, which is a transaction, is not divided. Of so few versions none is left for later.
    private const int MostRows = 1000, FewVersions = 16;
    private readonly ConcurrentDictionary<long, (long Since, Task<StudyChanges?> Changes)> _latest = new();

    /// <summary>The id and present version of a study.</summary>
    public async Task<(long Id, long Version)> FindAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        return (row.Id, row.Version);
    }

    /// <summary>The number of the latest change of all studies; 0 before the first.</summary>
    public async Task<long> LatestAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await db.Changes.MaxAsync(c => (long?)c.Number, cancellationToken) ?? 0;
    }

    /// <summary>The studies that came, changed or went after a change, in the order of their last one. Perhaps not yet all: to be asked again from the last of them.</summary>
    public async Task<IReadOnlyList<StudyChange>> AllSinceAsync(long number, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var changed = await db.Changes.AsNoTracking().Where(c => c.Number > number).OrderBy(c => c.Number).Take(MostAtOnce)
            .LeftJoin(db.Studies.AsNoTracking(), c => c.StudyId, s => s.Id, (change, study) => new { change, study }).ToListAsync(cancellationToken);
        var found = new List<StudyChange>();
        foreach (var c in changed.OrderBy(c => c.change.Number))
            found.Add(new StudyChange(c.change.Number, c.change.StudyId, c.study is null ? null : await StudyStore.ToViewAsync(db, c.study, cancellationToken)));
        return found;
    }

    /// <summary>What changed after a version; null when nothing did. Perhaps not yet the latest: to be asked again from there.</summary>
    /// <remarks>Many who follow one study ask the same at about the same time: it is read once for them.</remarks>
    /// <exception cref="NotFoundException">The study was deleted.</exception>
    public async Task<StudyChanges?> SinceAsync(long studyId, long version, CancellationToken cancellationToken)
    {
        if (_latest.TryGetValue(studyId, out var latest) && latest.Since == version && !latest.Changes.IsFaulted && await latest.Changes.WaitAsync(cancellationToken) is { } known)
            return known;
        var reading = new Lazy<Task<StudyChanges?>>(() => ReadAsync(studyId, version));
        latest = _latest.AddOrUpdate(studyId, _ => (version, reading.Value), (_, before) => before.Since == version && !before.Changes.IsCompleted ? before : (version, reading.Value));
        if (_latest.Count > MaxStudies)
            _latest.Clear();
        return await latest.Changes.WaitAsync(cancellationToken);
    }

    private async Task<StudyChanges?> ReadAsync(long studyId, long version)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(default);
        var study = await db.Studies.AsNoTracking().FindStudyAsync($"{studyId}", default);
        if (study.Version <= version)
            return null;
        var now = study.Version - version <= FewVersions ? study.Version : Math.Min(
            await VersionAtAsync(db.Trials.Where(t => t.StudyId == studyId && t.Version > version).Select(t => t.Version)) ?? study.Version,
            await VersionAtAsync(db.Measurements.Where(m => m.StudyId == studyId && m.Version > version).Select(m => m.Version)) ?? study.Version);
        var trials = await db.Trials.AsNoTracking().Where(t => t.StudyId == studyId && t.Version > version && t.Version <= now)
            .OrderBy(t => t.Version).ToListAsync();
        var measurements = await db.Measurements.AsNoTracking().Where(m => m.StudyId == studyId && m.Version > version && m.Version <= now)
            .OrderBy(m => m.Version).ToListAsync();
        return new StudyChanges(
            now, studyId, trials.ConvertAll(t => t.ToView()), measurements.ConvertAll(m => (m.Number, m.ToMeasurement())), await StudyStore.ToViewAsync(db, study, default));
    }

    private static Task<long?> VersionAtAsync(IQueryable<long> versions) => versions.Order().Skip(MostRows - 1).Select(v => (long?)v).FirstOrDefaultAsync();
}
