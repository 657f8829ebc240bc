using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

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
