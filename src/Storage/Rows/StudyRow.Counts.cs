using HpoService.Search.Studies;

namespace HpoService.Storage.Rows;

/// <summary>How many trials are in each state: kept with every move, as counting them costs the whole history.</summary>
internal sealed partial class StudyRow
{
    public int QueuedTrials { get; set; }
    public int RunningTrials { get; set; }
    public int CompletedTrials { get; set; }
    public int PrunedTrials { get; set; }
    public int InfeasibleTrials { get; set; }
    public int FailedTrials { get; set; }
    public int CanceledTrials { get; set; }

    public int OpenTrials() => QueuedTrials + RunningTrials;

    /// <summary>Those that ended, however they did.</summary>
    public int EndedTrials() => NextNumber - OpenTrials();

    public int CountOf(TrialState state) => state switch
    {
        TrialState.Queued => QueuedTrials,
        TrialState.Running => RunningTrials,
        TrialState.Completed => CompletedTrials,
        TrialState.Pruned => PrunedTrials,
        TrialState.Infeasible => InfeasibleTrials,
        TrialState.Failed => FailedTrials,
        TrialState.Canceled => CanceledTrials,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "A state without a count."),
    };

    public void Count(TrialState state, int by)
    {
        switch (state)
        {
            case TrialState.Queued: QueuedTrials += by; break;
            case TrialState.Running: RunningTrials += by; break;
            case TrialState.Completed: CompletedTrials += by; break;
            case TrialState.Pruned: PrunedTrials += by; break;
            case TrialState.Infeasible: InfeasibleTrials += by; break;
            case TrialState.Failed: FailedTrials += by; break;
            case TrialState.Canceled: CanceledTrials += by; break;
            default: throw new ArgumentOutOfRangeException(nameof(state), state, "A state without a count.");
        }
    }
}
