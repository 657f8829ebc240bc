using System.Runtime.CompilerServices;
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
            var lengths = await LengthsAsync(study, next, withMeasurements, cancellationToken);
            if (lengths.Count == 0)
                yield break;
            foreach (var (from, to) in lengths)
                yield return await PageAsync(study, from, to, withMeasurements, cancellationToken);
            next = lengths[^1].To + 1;
        }
    }

    // The next trials, so many to a page that its measurements are not too many.
    private async Task<List<(int From, int To)>> LengthsAsync(string study, int from, bool withMeasurements, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var id = (await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken)).Id;
        var numbers = await db.Trials.Where(t => t.StudyId == id && t.Number >= from).OrderBy(t => t.Number).Take(PageLength).Select(t => t.Number).ToListAsync(cancellationToken);
        if (!withMeasurements || numbers.Count == 0)
            return numbers.Count == 0 ? [] : [(from, numbers[^1])];
        var to = numbers[^1];
        var counts = await db.Measurements.Where(m => m.StudyId == id && m.Number >= from && m.Number <= to).GroupBy(m => m.Number)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var (pages, measurements) = (new List<(int From, int To)>(), 0);
        foreach (var number in numbers)
        {
            measurements += counts.GetValueOrDefault(number);
            if (pages.Count > 0 && measurements <= MostMeasurements)
                pages[^1] = pages[^1] with { To = number };
            else
                (pages, measurements) = ([.. pages, (number, number)], counts.GetValueOrDefault(number));
        }

        return pages;
    }

    private async Task<IReadOnlyList<TrialView>> PageAsync(string study, int from, int to, bool withMeasurements, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var id = (await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken)).Id;
        var rows = await db.Trials.AsNoTracking().Where(t => t.StudyId == id && t.Number >= from && t.Number <= to).OrderBy(t => t.Number).ToListAsync(cancellationToken);
        if (!withMeasurements)
            return rows.ConvertAll(row => row.ToView());
        var measurements = (await db.Measurements.AsNoTracking().Where(m => m.StudyId == id && m.Number >= from && m.Number <= to)
            .OrderBy(m => m.Number).ThenBy(m => m.Step).ToListAsync(cancellationToken)).ToLookup(m => m.Number, m => m.ToMeasurement());
        return rows.ConvertAll(row => row.ToView([.. measurements[row.Number]]));
    }
}
