using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>A finished trial, not failed or canceled, as the samplers see it.</summary>
/// <param name="trial">The trial, whose point lies in the space.</param>
/// <param name="history">Of its study.</param>
internal sealed class FinishedTrial(TrialSnapshot trial, StudyHistory history)
{
    private readonly SearchSpace _space = history.Space;
    private double[]? _coordinates;

    /// <summary>The trial.</summary>
    public TrialSnapshot Trial => trial;

    /// <summary>One for each objective, larger is better, all finite; null = it has none. So has a trial that broke an outcome constraint.</summary>
    public double[]? Measured { get; } = ScoresOf(trial.Values, history.Objectives);

    /// <summary>The same; null = infeasible. A pruned trial's state does not tell: it is, too, when what it measured last breaks a bound.</summary>
    public double[]? Scores => trial.State == TrialState.Completed || trial.State == TrialState.Pruned && !Slacks.Any(s => s < 0) ? Measured : null;

    /// <summary>By how much it breaks the outcome constraints, the sum of <see cref="OutcomeConstraint.Violation"/>; infinite when one was not reported.</summary>
    public double Violation { get; } = history.Constraints.Sum(c => c.Violation(trial.Values)) is var violation && double.IsNaN(violation) ? double.PositiveInfinity : violation;

    /// <summary>How far it keeps each bound, see <see cref="OutcomeConstraint.Slacks"/>; shape [bounds].</summary>
    public double[] Slacks { get; } = [.. history.Constraints.SelectMany(c => c.Slacks(trial.Values))];

    /// <summary>Its point in the unit cube, NaN where a parameter is inactive; shape [d].</summary>
    public double[] Coordinates => _coordinates ??= CoordinatesOf(_space, trial.Parameters);

    /// <summary>The same of any point.</summary>
    public static double[] CoordinatesOf(SearchSpace space, ParameterValues values) =>
        [.. space.Parameters.Select(p => values.TryGetValue(p.Name, out var value) ? UnitCube.Encode(p, value) : double.NaN)];

    private static double[]? ScoresOf(IReadOnlyDictionary<string, double> values, IReadOnlyList<Objective> objectives)
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
