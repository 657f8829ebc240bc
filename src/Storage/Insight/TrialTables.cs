using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage.Insight;

/// <summary>Keeps the tables of the studies last looked at; each look reads only the rows that changed since the one before.</summary>
/// <param name="database">The database.</param>
/// <param name="mostCells">How many cells of eight bytes are kept; default 128 MiB: four studies of 100,000 trials with 30 parameters. A larger one is kept
/// alone.</param>
internal sealed class TrialTables(Database database, long mostCells = 16 << 20)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Kept> _kept = [];
    private long _uses;

    /// <summary>Reads a study's table as it is now; looks at one study wait for each other.</summary>
    /// <exception cref="NotFoundException">There is no such study.</exception>
    public async Task<T> ReadAsync<T>(string study, Func<StudyRow, TrialTable, T> read, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var found = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        var kept = Take(found);
        await kept.Turn.WaitAsync(cancellationToken);
        try
        {
            var row = await UpdateAsync(db, found.Id, kept.Table, cancellationToken);
            // Thousands of rows are worked through here: not on the caller's thread, which may be the server's.
            return await Task.Run(() => read(row, kept.Table), cancellationToken);
        }
        finally
        {
            kept.Turn.Release();
            Forget(found.Id);
        }
    }

    private static async Task<StudyRow> UpdateAsync(HpoDbContext db, long id, TrialTable table, CancellationToken cancellationToken)
    {
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
        if (row.Version == table.Version)
            return row;
        table.Grow(row.NextNumber);
        var changed = db.Trials.Where(t => t.StudyId == id && t.Version > table.Version)
            .Select(t => new TrialCells(t.Number, t.State, t.ParametersJson, t.ValuesJson, t.LatestMeasurementJson, t.CompletedAt, t.IsFeasible));
        await foreach (var cells in changed.AsAsyncEnumerable().WithCancellation(cancellationToken))
            table.Set(cells);
        table.Reach(row.Version);
        return row;
    }

    private Kept Take(StudyRow study)
    {
        lock (_lock)
        {
            if (!_kept.TryGetValue(study.Id, out var kept))
                _kept.Add(study.Id, kept = new Kept(new TrialTable(study.ToDefinition())));
            kept.LastUse = ++_uses;
            return kept;
        }
    }

    // The oldest go until the rest fits. Whoever reads one of them meanwhile keeps it until done.
    private void Forget(long latest)
    {
        lock (_lock)
        {
            while (_kept.Count > 1 && _kept.Values.Sum(kept => kept.Table.Cells) > mostCells)
                _kept.Remove(_kept.Where(kept => kept.Key != latest).MinBy(kept => kept.Value.LastUse).Key);
        }
    }

    private sealed record Kept(TrialTable Table)
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public long LastUse { get; set; }
    }
}
