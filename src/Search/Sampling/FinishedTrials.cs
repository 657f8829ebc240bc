using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>A finished trial as the samplers see it that compare trials without a model of the values.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Scores">One for each objective, larger is better, all finite; null = infeasible.</param>
internal sealed record FinishedTrial(TrialSnapshot Trial, double[]? Scores)
{
    /// <summary>By how much it breaks the outcome constraints, the sum of <see cref="OutcomeConstraint.Violation"/>; infinite when one was not reported.</summary>
    public double Violation { get; init; }

    /// <summary>Whether it ran to its end.</summary>
    public bool IsWhole => Scores is not null && Trial.State != TrialState.Pruned;
}

/// <summary>What is known of a study's trials.</summary>
internal static class FinishedTrials
{
    /// <summary>Finished trials that lie in the space, by number; failed and canceled ones say nothing about a point.</summary>
    public static List<FinishedTrial> Of(StudyHistory history) =>
        [.. history.Trials.Where(t => t.State.IsFinal() && t.State is not (TrialState.Failed or TrialState.Canceled) && Lies(t, history.Space))
            .Select(t => new FinishedTrial(t, t.State is TrialState.Completed or TrialState.Pruned ? Scores(t.Values, history.Objectives) : null)
            {
                Violation = history.Constraints.Sum(c => c.Violation(t.Values)) is var violation && double.IsNaN(violation) ? double.PositiveInfinity : violation,
            })];

    /// <summary>The points of running and queued trials; partial ones are unknown.</summary>
    public static List<ParameterValues> Pending(StudyHistory history) =>
        [.. history.Trials.Where(t => !t.State.IsFinal() && Lies(t, history.Space)).Select(t => t.Parameters)];

    /// <summary>How many trials have or will have a result.</summary>
    public static int Known(StudyHistory history) => history.Trials.Count(t => t.State is not (TrialState.Failed or TrialState.Canceled));

    /// <summary>From the best to the worst: trials that ran to their end by Pareto front and crowding, for one objective by score; pruned ones by how far they
    /// came; infeasible ones by how much they break the outcome constraints (Deb et al. 2002, section VI).</summary>
    public static List<FinishedTrial> Ranked(List<FinishedTrial> trials)
    {
        var whole = trials.Where(o => o.IsWhole).ToList();
        return
        [
            .. Pareto.Order([.. whole.Select(o => o.Scores!)]).Select(i => whole[i]),
            .. trials.Where(o => o.Scores is not null && !o.IsWhole).OrderByDescending(o => o.Trial.Measurements.Count == 0 ? -1 : o.Trial.Measurements[^1].Step)
                .ThenByDescending(o => o.Scores![0]),
            .. trials.Where(o => o.Scores is null).OrderBy(o => o.Violation),
        ];
    }

    private static bool Lies(TrialSnapshot trial, SearchSpace space) => space.Violations(trial.Parameters).Count == 0;

    /// <summary>The scores of values; null when one is missing or not finite.</summary>
    public static double[]? Scores(IReadOnlyDictionary<string, double> values, IReadOnlyList<Objective> objectives)
    {
        var scores = new double[objectives.Count];
        for (var k = 0; k < scores.Length; k++)
        {
            if (!values.TryGetValue(objectives[k].Metric, out var value) || !double.IsFinite(value))
                return null;
            scores[k] = objectives[k].Score(value);
        }

        return scores;
    }
}
