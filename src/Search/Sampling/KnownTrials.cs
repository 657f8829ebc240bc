using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>What samplers know of a study's trials. Made from what was known before, it computes anew only what belongs to trials that have changed since. Not safe
/// for concurrent use.</summary>
internal sealed class KnownTrials
{
    private readonly List<TrialSnapshot> _trials = [];
    private readonly List<FinishedTrial?> _finished = [];
    private readonly SortedDictionary<int, ParameterValues> _pending = [];
    private readonly Visited _visited = new();

    private KnownTrials(StudyHistory history) => History = history;

    /// <summary>Where it comes from.</summary>
    public StudyHistory History { get; private set; }

    /// <summary>Finished trials that lie in the space, by number; failed and canceled ones say nothing about a point.</summary>
    public List<FinishedTrial> Finished { get; private set; } = [];

    /// <summary>The points of running and queued trials, by number; partial ones are unknown.</summary>
    public IReadOnlyCollection<ParameterValues> Pending => _pending.Values;

    /// <summary>How many trials have or will have a result.</summary>
    public int Count { get; private set; }

    /// <summary>The points not to propose; a set for one call, to which it may add.</summary>
    public Visited ForkVisited() => _visited.Fork();

    /// <summary>What is known of a history.</summary>
    /// <param name="history">Of the study.</param>
    /// <param name="before">What was known earlier, which is used up; null = nothing.</param>
    public static KnownTrials Of(StudyHistory history, KnownTrials? before = null)
    {
        var known = before?.IsBefore(history) == true ? before : new KnownTrials(history);
        known.Update(history);
        return known;
    }

    /// <summary>How many trials of a history have or will have a result.</summary>
    public static int CountOf(StudyHistory history) => history.Trials.Count(HasResult);

    private bool IsBefore(StudyHistory history) => history.Trials.Count >= _trials.Count && ReferenceEquals(history.Space, History.Space)
        && ReferenceEquals(history.Objectives, History.Objectives) && ReferenceEquals(history.Constraints, History.Constraints);

    private void Update(StudyHistory history)
    {
        History = history;
        var hasChanged = false;
        for (var i = 0; i < history.Trials.Count; i++)
        {
            if (i < _trials.Count && ReferenceEquals(_trials[i], history.Trials[i]))
                continue;
            Set(i, history.Trials[i]);
            hasChanged = true;
        }

        if (hasChanged)
            Finished = [.. from f in _finished where f is not null select f];
    }

    private void Set(int i, TrialSnapshot trial)
    {
        if (i == _trials.Count)
        {
            _trials.Add(trial);
            _finished.Add(null);
        }
        else if (HasResult(_trials[i]))
            Count--;
        _trials[i] = trial;
        _visited.Set(i, Visited.PointOf(trial));
        if (HasResult(trial))
            Count++;
        var tells = HasResult(trial) && History.Space.Violations(trial.Parameters).Count == 0;
        _finished[i] = tells && trial.State.IsFinal() ? new FinishedTrial(trial, History) : null;
        _pending.Remove(i);
        if (tells && !trial.State.IsFinal())
            _pending.Add(i, trial.Parameters);
    }

    private static bool HasResult(TrialSnapshot trial) => trial.State is not (TrialState.Failed or TrialState.Canceled);
}
