namespace HpoService.Search.Studies;

/// <summary>When a study ends, and how much of it runs at once. Every bound is optional but <see cref="MaxParallelTrials"/>.</summary>
public sealed record Budget
{
    /// <summary>The largest number of trials, at least 1; retried attempts belong to one trial.</summary>
    public int? MaxTrials { get; init; }

    /// <summary>The largest number of running trials, 1 to 10,000.</summary>
    public int MaxParallelTrials { get; init; } = 100;

    /// <summary>Seconds from the study's creation to its end, positive.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Seconds that one attempt may take, positive.</summary>
    public double? MaxTrialSeconds { get; init; }

    /// <summary>Completed trials without a better one, after which the study ends, at least 1.</summary>
    public int? MaxTrialsWithoutImprovement { get; init; }

    /// <summary>All rules broken, with pointers such as <c>/budget/maxTrials</c>.</summary>
    public IEnumerable<Violation> Violations()
    {
        if (MaxTrials < 1)
            yield return new Violation("/budget/maxTrials", $"maxTrials >= 1 must hold, but got {MaxTrials}.");
        if (MaxParallelTrials is < 1 or > 10_000)
            yield return new Violation("/budget/maxParallelTrials", $"1 <= maxParallelTrials <= 10000 must hold, but got {MaxParallelTrials}.");
        if (MaxSeconds is { } s && !(s > 0 && s <= 1e9))
            yield return new Violation("/budget/maxSeconds", $"0 < maxSeconds <= 1e9 must hold, but got {s}.");
        if (MaxTrialSeconds is { } t && !(t > 0 && t <= 1e9))
            yield return new Violation("/budget/maxTrialSeconds", $"0 < maxTrialSeconds <= 1e9 must hold, but got {t}.");
        if (MaxTrialsWithoutImprovement < 1)
            yield return new Violation("/budget/maxTrialsWithoutImprovement", $"maxTrialsWithoutImprovement >= 1 must hold, but got {MaxTrialsWithoutImprovement}.");
    }
}
