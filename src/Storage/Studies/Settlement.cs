using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Decides whether a study is over, inside the transaction of whatever may have ended it.</summary>
internal static class Settlement
{
    /// <summary>Takes a completed trial's values into the best so far.</summary>
    public static async Task ObserveAsync(this StudyWrite write, TrialRow trial, IReadOnlyDictionary<string, double> values)
    {
        var objectives = write.Definition.Objectives;
        trial.Score = objectives[0].Score(values[objectives[0].Metric]);
        trial.IsFeasible = write.Definition.IsFeasible(values);
        var improves = trial.IsFeasible != false && (objectives.Count == 1
            ? !(write.Row.BestScore >= trial.Score)
            : (write.Front ??= await Front.LoadAsync(write)).Add(trial.Number, values));
        write.Row.TrialsWithoutImprovement = improves ? 0 : write.Row.TrialsWithoutImprovement + 1;
        if (!improves)
            return;
        if (objectives.Count == 1)
            (write.Row.BestNumber, write.Row.BestScore) = (trial.Number, trial.Score);
        else if (objectives.Any(o => o.Target is not null) && objectives.All(o => o.Target is null || o.Reaches(values[o.Metric])))
            write.Row.IsTargetReached = true;
    }

    /// <summary>Completes the study when its budget, target or space is used up.</summary>
    public static async Task SettleAsync(this StudyWrite write)
    {
        if (write.Row.State.IsFinal())
            return;
        if (Reason(write) is not { } reason)
            return;
        write.Row.CompletionReason = reason;
        write.Move(StudyState.Completed);
        await write.CloseTrialsAsync(cancelRunning: false, "the study is complete");
    }

    /// <summary>Withdraws what is queued; asks what runs to stop, or withdraws it too.</summary>
    public static async Task CloseTrialsAsync(this StudyWrite write, bool cancelRunning, string reason)
    {
        await write.Db.SaveChangesAsync(); // the query must see what this transaction has moved already
        var open = await write.Db.Trials
            .Where(t => t.StudyId == write.Row.Id && (t.State == TrialState.Queued || t.State == TrialState.Running))
            .ToListAsync();
        foreach (var trial in open)
        {
            if (trial.State == TrialState.Queued || cancelRunning)
            {
                write.Move(trial, TrialState.Canceled);
                trial.Error = reason;
            }
            else
            {
                (trial.StopRequested, trial.StopReason) = (true, reason);
                write.Touch(trial);
            }
        }
    }

    private static string? Reason(StudyWrite write)
    {
        var (row, budget) = (write.Row, write.Definition.Budget);
        if (write.Definition.Objectives is [var objective] && row.BestScore is { } best && objective.Target is { } target && best >= objective.Score(target))
            return "target";
        if (row.IsTargetReached)
            return "target";
        if (row.TrialsWithoutImprovement >= budget.MaxTrialsWithoutImprovement)
            return "noImprovement";
        if (write.Now >= row.CreatedAt + 1000 * budget.MaxSeconds)
            return "maxSeconds";
        if (row.NextNumber < budget.MaxTrials && !row.IsExhausted || budget.MaxTrials is null && !row.IsExhausted)
            return null;
        return row.OpenTrials() > 0 ? null : row.NextNumber >= budget.MaxTrials ? "maxTrials" : "spaceExhausted";
    }
}
