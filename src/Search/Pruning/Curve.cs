using System.Runtime.CompilerServices;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>What a trial reported of the first objective, as scores by increasing step. A score that is not finite counts as the worst; of two
/// measurements of one step the later one counts.</summary>
internal sealed class Curve
{
    // Snapshots of trials are immutable, and a trial that did not change is the same object in the next history: only what is new is read again.
    private static readonly ConditionalWeakTable<TrialSnapshot, Curve> Known = [];

    private readonly Objective _objective;
    private readonly long[] _steps;
    private readonly double[] _scores, _bests;

    private Curve(IEnumerable<Measurement> measurements, Objective objective)
    {
        _objective = objective;
        var byStep = new SortedDictionary<long, double>();
        foreach (var measurement in measurements)
            if (measurement.Values.TryGetValue(objective.Metric, out var value))
                byStep[measurement.Step] = objective.Score(value) is var score && double.IsFinite(score) ? score : double.NegativeInfinity;
        (_steps, _scores, _bests) = ([.. byStep.Keys], [.. byStep.Values], [.. byStep.Values]);
        for (var i = 1; i < _bests.Length; i++)
            _bests[i] = Math.Max(_bests[i], _bests[i - 1]);
    }

    /// <summary>Of a trial.</summary>
    public static Curve Of(TrialSnapshot trial, Objective objective)
    {
        if (Known.TryGetValue(trial, out var known) && known._objective == objective)
            return known;
        var curve = new Curve(trial.Measurements, objective);
        Known.AddOrUpdate(trial, curve);
        return curve;
    }

    /// <summary>Of the trial that reports, the latest measurement included.</summary>
    public static Curve Of(StudyHistory history, int number, Measurement latest)
    {
        var objective = history.Objectives[0];
        if (Find(history.Trials, number) is not { } trial)
            return new Curve([latest], objective);
        var known = Of(trial, objective);
        return latest.Values.ContainsKey(objective.Metric) && Array.BinarySearch(known._steps, latest.Step) < 0
            ? new Curve([.. trial.Measurements, latest], objective)
            : known;
    }

    /// <summary>The steps, increasing, shape [n].</summary>
    public ReadOnlySpan<long> Steps => _steps;

    /// <summary>The score at each step, shape [n].</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>The last step; −1 when there is none.</summary>
    public long Last => _steps.Length == 0 ? -1 : _steps[^1];

    /// <summary>How many measurements there are up to a step.</summary>
    public int CountBy(long step) => Array.BinarySearch(_steps, step) is var i && i >= 0 ? i + 1 : ~i;

    /// <summary>The best score up to a step; −∞ before the first one.</summary>
    public double BestBy(long step) => CountBy(step) is var count and > 0 ? _bests[count - 1] : double.NegativeInfinity;

    /// <summary>The best score among some of the measurements, −∞ when there are none.</summary>
    public double Best(Range range) => _scores[range] is { Length: > 0 } scores ? scores.Max() : double.NegativeInfinity;

    /// <summary>The best score when the trial came to a step: up to its first measurement there or later; null when it did not come so far.</summary>
    public double? BestOnReaching(long step) =>
        Array.BinarySearch(_steps, step) is var i && (i >= 0 ? i : ~i) is var first && first < _steps.Length ? _bests[first] : null;

    private static TrialSnapshot? Find(IReadOnlyList<TrialSnapshot> trials, int number)
    {
        var (low, high) = (0, trials.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (trials[middle].Number == number)
                return trials[middle];
            (low, high) = trials[middle].Number < number ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
