using System.Collections.Concurrent;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Snapshots of studies for samplers and pruners.</summary>
internal sealed class Histories
{
    private readonly ConcurrentDictionary<long, (long Version, StudyHistory History)> _known = new();

    /// <summary>The history as of the study row's version; reads only the trials that changed since the last call.</summary>
    public async Task<StudyHistory> GetAsync(HpoDbContext db, StudyRow study, StudyDefinition definition, CancellationToken cancellationToken)
    {
        var (version, history) = _known.GetValueOrDefault(study.Id, (0, new StudyHistory(definition.Space, definition.Objectives, [])));
        if (version == study.Version)
            return history;
        var changed = await db.Trials.AsNoTracking()
            .Where(t => t.StudyId == study.Id && t.Version > version).OrderBy(t => t.Number).ToListAsync(cancellationToken);
        var trials = history.Trials.ToList();
        foreach (var row in changed)
        {
            if (row.Number < trials.Count)
                trials[row.Number] = row.ToSnapshot();
            else
                trials.Add(row.ToSnapshot());
        }

        history = history with { Trials = trials };
        _known[study.Id] = (study.Version, history);
        return history;
    }

    public void Forget(long studyId) => _known.TryRemove(studyId, out _);

    public static async Task<StudyHistory> LoadAsync(HpoDbContext db, StudyRow study, bool withMeasurements, CancellationToken cancellationToken)
    {
        var definition = study.ToDefinition();
        var rows = await db.Trials.AsNoTracking().Where(t => t.StudyId == study.Id).OrderBy(t => t.Number).ToListAsync(cancellationToken);
        var measurements = withMeasurements
            ? (await db.Measurements.AsNoTracking().Where(m => m.StudyId == study.Id).OrderBy(m => m.Step).ToListAsync(cancellationToken)).ToLookup(m => m.Number)
            : null;
        return new StudyHistory(definition.Space, definition.Objectives,
            rows.ConvertAll(row => row.ToSnapshot(measurements?[row.Number].Select(m => m.ToMeasurement()).ToList())));
    }
}
