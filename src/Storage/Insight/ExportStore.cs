using System.Runtime.CompilerServices;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>All trials of a study, to be written somewhere.</summary>
public sealed class ExportStore(Database database)
{
    private const int PageLength = 200;

    /// <summary>How many measurements a page has, unless a single trial has more.</summary>
    internal int MostMeasurements { get; init; } = 20_000;

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
        rows = await FirstAsync(db, id, rows, cancellationToken);
        var to = rows[^1].Number;
        var measurements = (await db.Measurements.AsNoTracking().Where(m => m.StudyId == id && m.Number >= from && m.Number <= to)
            .OrderBy(m => m.Number).ThenBy(m => m.Step).ToListAsync(cancellationToken)).ToLookup(m => m.Number, m => m.ToMeasurement());
        return rows.ConvertAll(row => row.ToView([.. measurements[row.Number]]));
    }

    // So many of them that a page's measurements are not too many.
    private async Task<List<TrialRow>> FirstAsync(HpoDbContext db, long id, List<TrialRow> rows, CancellationToken cancellationToken)
    {
        var (from, to) = (rows[0].Number, rows[^1].Number);
        var counts = await db.Measurements.Where(m => m.StudyId == id && m.Number >= from && m.Number <= to).GroupBy(m => m.Number)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var (length, measurements) = (0, 0);
        while (length < rows.Count && (length == 0 || measurements + counts.GetValueOrDefault(rows[length].Number) <= MostMeasurements))
            measurements += counts.GetValueOrDefault(rows[length++].Number);
        return rows[..length];
    }
}
