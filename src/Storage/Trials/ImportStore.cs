using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Trials that ended elsewhere: takes them in, and gives a study's own for another one.</summary>
public sealed class ImportStore(Database database, TimeProvider time)
{
    /// <summary>The most trials that <see cref="FinishedAsync"/> gives.</summary>
    public const int MaxCopied = 10_000;

    /// <summary>The most measurements of theirs.</summary>
    internal int MostMeasurements { get; init; } = 1_000_000;

    /// <summary>Takes finished trials into a study, all or none.</summary>
    /// <exception cref="StudyClosedException">The study is final.</exception>
    /// <exception cref="IllegalMoveException">More trials than maxTrials leaves.</exception>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public async Task<IReadOnlyList<TrialView>> ImportAsync(
        string study, IReadOnlyList<FinishedTrial> trials, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        return await database.WriteAsync<IReadOnlyList<TrialView>>(async db =>
        {
            var write = db.Turn!.Study(study, time);
            var scope = IdempotencyKeys.Scope(IdempotencyKeys.Import, write.Row.Id);
            if (await db.RecallAsync<List<TrialView>>(scope, idempotency, default) is { } earlier)
                return earlier;
            Importing.Validate(write.Definition, trials, "/trials");
            List<TrialView> views = [.. (await Importing.AddAsync(write, trials)).Select(row => row.ToView())];
            db.Remember(scope, idempotency, views, write.Now);
            return views;
        }, cancellationToken);
    }

    /// <summary>A study's finished trials with all their measurements, as another study would import them.</summary>
    /// <exception cref="IllegalMoveException">There are more than 10,000, or they have more than 1,000,000 measurements.</exception>
    public async Task<IReadOnlyList<FinishedTrial>> FinishedAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var row = await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken);
        var final = row.NextNumber - row.OpenTrials();
        if (final > MaxCopied)
            throw new IllegalMoveException($"finished trials <= {MaxCopied} must hold to be cloned at once, but got {final}: import them page by page.");
        var reported = await db.Measurements.Where(m => m.StudyId == row.Id).Take(MostMeasurements + 1).CountAsync(cancellationToken);
        if (reported > MostMeasurements)
            throw new IllegalMoveException($"measurements <= {MostMeasurements} must hold to be cloned with their trials at once, but got more: import them page by page.");
        var trials = await db.Trials.AsNoTracking()
            .Where(t => t.StudyId == row.Id && t.State != TrialState.Queued && t.State != TrialState.Running).OrderBy(t => t.Number).ToListAsync(cancellationToken);
        var measurements = (await db.Measurements.AsNoTracking().Where(m => m.StudyId == row.Id).OrderBy(m => m.Step).ToListAsync(cancellationToken))
            .ToLookup(m => m.Number, m => m.ToMeasurement());
        return trials.ConvertAll(t => t.ToView([.. measurements[t.Number]])).ConvertAll(t => new FinishedTrial(
            t.State, t.Parameters, t.Values, t.Measurements, t.Error, t.SuggestedBy, t.UserAttributes, t.CreatedAt, t.StartedAt, t.CompletedAt, t.Attempt, t.Worker));
    }
}
