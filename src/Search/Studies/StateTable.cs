namespace HpoService.Search.Studies;

/// <summary>Every legal move of trials and studies, in one table.</summary>
public static class StateTable
{
    /// <summary>Whether a trial may go from one state to another.</summary>
    public static bool IsLegal(TrialState from, TrialState to) => (from, to) switch
    {
        (TrialState.Queued, TrialState.Running or TrialState.Canceled) => true,
        (TrialState.Running, TrialState.Running) => false,
        (TrialState.Running, _) => true, // Queued: the lease was lost, the worker drains, or the attempt broke and is retried.
        _ => false,
    };

    /// <summary>Whether a study may go from one state to another.</summary>
    public static bool IsLegal(StudyState from, StudyState to) => (from, to) switch
    {
        (StudyState.Active, StudyState.Paused) or (StudyState.Paused, StudyState.Active) => true,
        (StudyState.Active or StudyState.Paused, StudyState.Completed or StudyState.Canceled or StudyState.Failed) => true,
        _ => false,
    };

    /// <summary>Whether nothing follows the state.</summary>
    public static bool IsFinal(this TrialState state) => state is not (TrialState.Queued or TrialState.Running);

    /// <summary>Whether nothing follows the state.</summary>
    public static bool IsFinal(this StudyState state) => state is not (StudyState.Active or StudyState.Paused);
}
