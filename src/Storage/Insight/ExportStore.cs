using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>All trials of a study, to be written somewhere.</summary>
public sealed class ExportStore(Database database)
{
    // All measurements of so many trials are in memory at once.
    private const int PageLength = 200;

    /// <summary>The trials by number, in pages that are read one by one: a slow reader must hold no snapshot of the database, which would let
    /// its log grow. A trial is as it is when its page is read.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="withMeasurements">Whether with all measurements, or with the latest only.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<IReadOnlyList<TrialView>> PagesAsync(string study, bool withMeasurements, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = 0; ;)
        {
            var page = await PageAsync(study, next, withMeasurements, cancellationToken);
            if (page.Count == 0)
                yield break;
            yield return page;
            next = page[^1].Number + 1;
        }
    }

    private async Task<IReadOnlyList<TrialView>> PageAsync(string study, int from, bool withMeasurements, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var id = (await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken)).Id;
        var rows = await db.Trials.AsNoTracking().Where(t => t.StudyId == id && t.Number >= from).OrderBy(t => t.Number).Take(PageLength).ToListAsync(cancellationToken);
        if (!withMeasurements || rows.Count == 0)
            return rows.ConvertAll(row => row.ToView());
        var to = rows[^1].Number;
        var measurements = (await db.Measurements.AsNoTracking().Where(m => m.StudyId == id && m.Number >= from && m.Number <= to)
            .OrderBy(m => m.Number).ThenBy(m => m.Step).ToListAsync(cancellationToken)).ToLookup(m => m.Number, m => m.ToMeasurement());
        return rows.ConvertAll(row => row.ToView([.. measurements[row.Number]]));
    }
}
