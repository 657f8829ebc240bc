using System.Text.Json.Nodes;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>A study as it stands.</summary>
/// <param name="Id">Its number among all studies, never reused.</param>
/// <param name="Definition">What it was asked to do.</param>
/// <param name="Description">Free text.</param>
/// <param name="Labels">Free key-value pairs.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="CompletionReason">Why it completed: maxTrials, maxSeconds, target, noImprovement, spaceExhausted.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="UpdatedAt">When it or a trial last changed, UTC.</param>
/// <param name="CompletedAt">When it reached a final state, UTC.</param>
/// <param name="TrialCounts">How many trials are in each state.</param>
/// <param name="Best">One objective: the best feasible completed trial.</param>
/// <param name="FrontSize">Several objectives: the size of the Pareto front.</param>
/// <param name="Version">Grows with every change.</param>
public sealed record StudyView(
    long Id, StudyDefinition Definition, string? Description, IReadOnlyDictionary<string, string> Labels, StudyState State,
    string? CompletionReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? CompletedAt,
    IReadOnlyDictionary<TrialState, int> TrialCounts, TrialView? Best, int? FrontSize, long Version);

/// <summary>A trial as it stands.</summary>
/// <param name="Number">Its number in the study, from 0.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Parameters">Its active parameters.</param>
/// <param name="Attempt">How often it was started.</param>
/// <param name="Worker">Who holds or held it.</param>
/// <param name="Measurements">All of them, or only the latest in lists.</param>
/// <param name="Values">Final values by metric.</param>
/// <param name="Error">Why it failed, was infeasible, pruned or canceled.</param>
/// <param name="SuggestedBy">The method that proposed it.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="StartedAt">When its last attempt started, UTC.</param>
/// <param name="CompletedAt">When it reached a final state, UTC.</param>
/// <param name="Lease">Only for the one who took it.</param>
/// <param name="UserAttributes">Free JSON of the user's.</param>
/// <param name="Version">The study's version at the last change.</param>
/// <param name="IsFeasible">Whether its final values keep the study's outcome constraints; null without constraints or values.</param>
public sealed record TrialView(
    int Number, TrialState State, ParameterValues Parameters, int Attempt, string? Worker, IReadOnlyList<Measurement> Measurements,
    IReadOnlyDictionary<string, double>? Values, string? Error, string? SuggestedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt, Lease? Lease, JsonObject? UserAttributes, long Version, bool? IsFeasible = null);

/// <summary>The right to run a trial until a time; renewed by reports and heartbeats.</summary>
public sealed record Lease(string Token, DateTimeOffset ExpiresAt);

/// <summary>One page of a list and the cursor of the next; null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A request's Idempotency-Key and a hash of what it asked for.</summary>
public sealed record Idempotency(string Key, string RequestHash);
