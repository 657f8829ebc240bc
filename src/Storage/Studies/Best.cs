using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The best feasible trial, or the Pareto front of several objectives.</summary>
public sealed class BestTrials(Database database, TimeProvider time)
{
    /// <summary>One objective: the best feasible completed trial, or none. Several: a page of the front, by number.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="after">The cursor of the page before: a number.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Page<TrialView>> GetAsync(string study, int? after, int limit, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        if (row.BestNumber is { } number)
        {
            var best = await db.Trials.AsNoTracking().FirstOrDefaultAsync(t => t.StudyId == row.Id && t.Number == number, cancellationToken);
            return new Page<TrialView>(best is null ? [] : [best.ToView()], null);
        }

        if (row is { FrontSize: null, CompletedTrials: > 0 } && row.ToDefinition().Objectives.Count > 1)
            await BuildFrontAsync(row.Id, cancellationToken);
        var front = from member in db.Front
                    join trial in db.Trials on new { member.StudyId, member.Number } equals new { trial.StudyId, trial.Number }
                    where member.StudyId == row.Id && member.Number > (after ?? -1)
                    orderby trial.Number
                    select trial;
        var trials = (await front.AsNoTracking().Take(limit + 1).ToListAsync(cancellationToken)).ConvertAll(t => t.ToView());
        return trials.Count <= limit ? new Page<TrialView>(trials, null) : new Page<TrialView>(trials[..limit], $"{trials[limit - 1].Number}");
    }

    // A study from before fronts were kept, of which no trial has ended since.
    private Task<Front> BuildFrontAsync(long id, CancellationToken cancellationToken) => database.WriteAsync(
        db => Front.LoadAsync(db.Turn!.Study($"{id}", time)), cancellationToken);
}
