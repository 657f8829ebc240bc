using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling;

/// <summary>Builds study histories trial by trial.</summary>
internal static class Histories
{
    public static readonly Objective Minimize = new("loss", Direction.Minimize);

    public static StudyHistory Empty(SearchSpace space, Objective? objective = null) => new(space, [objective ?? Minimize], []);

    public static StudyHistory With(this StudyHistory history, ParameterValues point, TrialState state, double? value = null)
    {
        var values = value is { } v ? new Dictionary<string, double> { [history.Objectives[0].Metric] = v } : [];
        return history with { Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, state, point, values, [])] };
    }

    public static StudyHistory Completed(this StudyHistory history, ParameterValues point, double value) => history.With(point, TrialState.Completed, value);

    /// <summary>A smooth value for any point of any space: its coordinates' squared distance from 0.3, plus a bit for each absent one.</summary>
    public static double Bowl(SearchSpace space, ParameterValues point) =>
        new UnitCube(space).Encode(point).Sum(c => (c - 0.3) * (c - 0.3)) + 0.1 * (space.Parameters.Count - point.Count);
}
