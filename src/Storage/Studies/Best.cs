using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The best feasible trial, or the Pareto front of several objectives.</summary>
public sealed class BestTrials(Database database, TimeProvider time)
{
    /// <summary>One objective: the best feasible completed trial, or none. Several: the front, by number.</summary>
    public async Task<IReadOnlyList<TrialView>> GetAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        if (row.BestNumber is { } number)
        {
            var best = await db.Trials.AsNoTracking().FirstOrDefaultAsync(t => t.StudyId == row.Id && t.Number == number, cancellationToken);
            return best is null ? [] : [best.ToView()];
        }

        if (row is { FrontSize: null, CompletedTrials: > 0 } && row.ToDefinition().Objectives.Count > 1)
            await BuildFrontAsync(row.Id, cancellationToken);
        var front = from member in db.Front
                    join trial in db.Trials on new { member.StudyId, member.Number } equals new { trial.StudyId, trial.Number }
                    where member.StudyId == row.Id
                    orderby trial.Number
                    select trial;
        return (await front.AsNoTracking().ToListAsync(cancellationToken)).ConvertAll(t => t.ToView());
    }

    // A study from before fronts were kept, of which no trial has ended since.
    private Task<Front> BuildFrontAsync(long id, CancellationToken cancellationToken) => database.WriteAsync(
        async db => await Front.LoadAsync(await StudyWrite.OpenAsync(db, $"{id}", time, cancellationToken), cancellationToken), cancellationToken);
}
