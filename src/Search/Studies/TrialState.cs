namespace HpoService.Search.Studies;

/// <summary>The states of a trial; the last five are final. Persisted by name: append only.</summary>
public enum TrialState
{
    /// <summary>Waits for a worker.</summary>
    Queued,

    /// <summary>Held by a worker under a lease.</summary>
    Running,

    /// <summary>Ended with finite values for every objective.</summary>
    Completed,

    /// <summary>Stopped early; keeps its last measurement.</summary>
    Pruned,

    /// <summary>These values cannot work (diverged, out of memory): never retried.</summary>
    Infeasible,

    /// <summary>The last allowed attempt broke; says nothing about the values.</summary>
    Failed,

    /// <summary>Withdrawn by a user.</summary>
    Canceled,
}

/// <summary>The states of a study. Persisted by name: append only.</summary>
public enum StudyState
{
    /// <summary>Proposes and runs trials.</summary>
    Active,

    /// <summary>Proposes nothing until resumed.</summary>
    Paused,

    /// <summary>Its budget, target or space is used up.</summary>
    Completed,

    /// <summary>Ended by a user.</summary>
    Canceled,

    /// <summary>Cannot go on.</summary>
    Failed,
}
