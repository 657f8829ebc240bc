using HpoService.Search.Spaces;

namespace HpoService.Search.Studies;

/// <summary>One trial as samplers and pruners see it.</summary>
/// <param name="Number">Its number in the study, from 0.</param>
/// <param name="State">Its state when the snapshot was taken.</param>
/// <param name="Parameters">Its active parameters; for a queued trial perhaps only some of them.</param>
/// <param name="Values">Final values by metric; empty unless completed, with outcome constraints kept or not, or pruned with a measurement.</param>
/// <param name="Measurements">What it reported, by increasing step; may be left empty where only samplers that ignore it look.</param>
public sealed record TrialSnapshot(
    int Number,
    TrialState State,
    ParameterValues Parameters,
    IReadOnlyDictionary<string, double> Values,
    IReadOnlyList<Measurement> Measurements);

/// <summary>The immutable snapshot of a study that samplers and pruners work from.</summary>
/// <param name="Space">The search space.</param>
/// <param name="Objectives">One objective or more.</param>
/// <param name="Trials">All trials in the order of their numbers, whatever their state.</param>
public sealed record StudyHistory(SearchSpace Space, IReadOnlyList<Objective> Objectives, IReadOnlyList<TrialSnapshot> Trials)
{
    /// <summary>What feasible trials keep. One that breaks it is infeasible here, with its values.</summary>
    public IReadOnlyList<OutcomeConstraint> Constraints { get; init; } = [];

    /// <summary>The number that the next new trial gets: what random streams are keyed by.</summary>
    public int NextNumber => Trials.Count == 0 ? 0 : Trials[^1].Number + 1;
}
