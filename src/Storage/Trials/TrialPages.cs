using System.Globalization;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>By what a list of trials is sorted; equal ones by number.</summary>
public enum TrialSort
{
    /// <summary>By number.</summary>
    Number,

    /// <summary>By the first objective's final value; trials without one are left out.</summary>
    Value,

    /// <summary>By the last change.</summary>
    Changed,
}

/// <summary>Which trials to list.</summary>
/// <param name="State">Only those in this state.</param>
/// <param name="Since">Only those that changed after this version of the study.</param>
/// <param name="After">The cursor of the page before, of the same sort.</param>
/// <param name="Limit">1 to 1,000.</param>
/// <param name="Sort">The order.</param>
/// <param name="Descending">Largest first.</param>
public sealed record TrialQuery(
    TrialState? State = null, long? Since = null, string? After = null, int Limit = 100, TrialSort Sort = TrialSort.Number, bool Descending = false);

/// <summary>Pages of a study's trials; each costs as much as it is long, by an index.</summary>
public sealed class TrialPages(Database database)
{
    /// <summary>A page with the latest measurement of each trial only.</summary>
    /// <exception cref="FormatException">The cursor is none of this sort's.</exception>
    public async Task<Page<TrialView>> GetAsync(string study, TrialQuery query, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        var trials = db.Trials.AsNoTracking().Where(t => t.StudyId == row.Id);
        if (query.State is { } state)
            trials = trials.Where(t => t.State == state);
        if (query.Since is { } since)
            trials = trials.Where(t => t.Version > since);
        // A larger score is better: the sign of a minimised value is the other one.
        var down = query.Descending ^ (query.Sort == TrialSort.Value && Mapping.FromJson<List<Objective>>(row.ObjectivesJson)[0].Direction == Direction.Minimize);
        trials = query.Sort switch
        {
            TrialSort.Number => ByNumber(trials, query.After, down),
            TrialSort.Value => ByScore(trials.Where(t => t.Score != null), query.After, down),
            _ => ByVersion(trials, query.After, down),
        };
        var page = await trials.Take(query.Limit + 1).ToListAsync(cancellationToken);
        return new Page<TrialView>([.. page.Take(query.Limit).Select(t => t.ToView())], page.Count > query.Limit ? Cursor(page[query.Limit - 1], query.Sort) : null);
    }

    /// <summary>The id of the study that a trial belongs to.</summary>
    /// <exception cref="NotFoundException">There is no such study or trial.</exception>
    public async Task<long> StudyOfAsync(string study, int number, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        return number >= 0 && number < row.NextNumber ? row.Id : throw new NotFoundException("trial", $"{number}");
    }

    private static IQueryable<TrialRow> ByNumber(IQueryable<TrialRow> trials, string? cursor, bool down)
    {
        if (cursor is not null && int.Parse(cursor, NumberStyles.None) is var after)
            trials = down ? trials.Where(t => t.Number < after) : trials.Where(t => t.Number > after);
        return down ? trials.OrderByDescending(t => t.Number) : trials.OrderBy(t => t.Number);
    }

    private static IQueryable<TrialRow> ByScore(IQueryable<TrialRow> trials, string? cursor, bool down)
    {
        if (cursor is not null && Split(cursor) is var (key, number) && double.Parse(key, CultureInfo.InvariantCulture) is var score)
        {
            if (double.IsNaN(score))
                throw new FormatException(); // no score is, and the database takes none
            // The first comparison says nothing new, but only by it the index is entered at the cursor.
            trials = down
                ? trials.Where(t => t.Score <= score && (t.Score < score || t.Number < number))
                : trials.Where(t => t.Score >= score && (t.Score > score || t.Number > number));
        }

        return down ? trials.OrderByDescending(t => t.Score).ThenByDescending(t => t.Number) : trials.OrderBy(t => t.Score).ThenBy(t => t.Number);
    }

    private static IQueryable<TrialRow> ByVersion(IQueryable<TrialRow> trials, string? cursor, bool down)
    {
        if (cursor is not null && Split(cursor) is var (key, number) && long.Parse(key, NumberStyles.None) is var version)
        {
            trials = down
                ? trials.Where(t => t.Version <= version && (t.Version < version || t.Number < number))
                : trials.Where(t => t.Version >= version && (t.Version > version || t.Number > number));
        }

        return down ? trials.OrderByDescending(t => t.Version).ThenByDescending(t => t.Number) : trials.OrderBy(t => t.Version).ThenBy(t => t.Number);
    }

    private static string Cursor(TrialRow last, TrialSort sort) => sort switch
    {
        TrialSort.Number => $"{last.Number}",
        TrialSort.Value => string.Create(CultureInfo.InvariantCulture, $"{last.Score:R}_{last.Number}").Replace("+", ""), // which a query takes for a space; 1E17 is the same number
        _ => $"{last.Version}_{last.Number}",
    };

    private static (string Key, int Number) Split(string cursor) => cursor.Split('_') is [var key, var number]
        ? (key, int.Parse(number, NumberStyles.None))
        : throw new FormatException();
}
