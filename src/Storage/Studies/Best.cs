using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The best trial, or the Pareto front of several objectives.</summary>
public sealed class BestTrials(Database database)
{
    /// <summary>One objective: the best completed trial, or none. Several: the front, by number.</summary>
    public async Task<IReadOnlyList<TrialView>> GetAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        if (row.ToDefinition() is { Objectives.Count: > 1 } definition)
            return [.. (await Best.FrontAsync(db, row.Id, definition, cancellationToken)).Select(t => t.ToView())];
        var best = await db.Trials.AsNoTracking().FirstOrDefaultAsync(t => t.StudyId == row.Id && t.Number == row.BestNumber, cancellationToken);
        return best is null ? [] : [best.ToView()];
    }
}

internal static class Best
{
    /// <summary>The completed trials that no other one dominates.</summary>
    public static async Task<List<TrialRow>> FrontAsync(HpoDbContext db, long studyId, StudyDefinition definition, CancellationToken cancellationToken)
    {
        var completed = await db.Trials.AsNoTracking()
            .Where(t => t.StudyId == studyId && t.State == TrialState.Completed).OrderBy(t => t.Number).ToListAsync(cancellationToken);
        var scores = completed.ConvertAll(t =>
        {
            var values = Mapping.MetricsFromJson(t.ValuesJson!);
            return definition.Objectives.Select(o => o.Score(values[o.Metric])).ToArray();
        });
        return [.. completed.Where((_, i) => !scores.Any(other => Dominates(other, scores[i])))];
    }

    private static bool Dominates(double[] a, double[] b) => a.Zip(b).All(p => p.First >= p.Second) && a.Zip(b).Any(p => p.First > p.Second);
}
