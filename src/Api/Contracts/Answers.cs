using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using static System.Text.Json.Serialization.JsonIgnoreCondition;

namespace HpoService.Api.Contracts;

/// <summary>A study as answered. Best is its best feasible trial; of several objectives the size of the front.</summary>
public sealed record StudyContract(
    long Id, string Name, [property: JsonIgnore(Condition = Never)] string? Description, IReadOnlyDictionary<string, string> Labels, StudyState State,
    [property: JsonIgnore(Condition = Never)] string? CompletionReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = Never)] DateTimeOffset? CompletedAt, IReadOnlyList<ObjectiveContract> Objectives,
    IReadOnlyList<ConstraintContract> Constraints, IReadOnlyList<ParameterSpec> Parameters, IReadOnlyList<string> ParameterConstraints, SamplerContract Sampler, PrunerContract Pruner, BudgetContract Budget, int MaxAttempts,
    RunnerContract Runner, IReadOnlyDictionary<string, int> TrialCounts,
    [property: JsonIgnore(Condition = Never)] object? Best, long Version)
{
    internal static StudyContract Of(StudyView s) => new(
        s.Id, s.Definition.Name, s.Description, s.Labels, s.State, s.CompletionReason, s.CreatedAt, s.UpdatedAt, s.CompletedAt,
        [.. s.Definition.Objectives.Select(o => new ObjectiveContract(o.Metric, o.Direction, o.Target))],
        [.. s.Definition.Constraints.Select(c => new ConstraintContract(c.Metric, c.LowerBound, c.UpperBound))],
        [.. s.Definition.Space.Parameters.Select(ParameterSpec.From)], [.. s.Definition.Space.Constraints.Select(c => c.Text)],
        new SamplerContract(s.Definition.Sampler.Kind, s.Definition.Sampler.Seed, s.Definition.Sampler.Options),
        new PrunerContract(s.Definition.Pruner.Kind, s.Definition.Pruner.Options), BudgetContract.Of(s.Definition.Budget), s.Definition.MaxAttempts,
        RunnerContract.Of(s.Definition.Runner),
        s.TrialCounts.ToDictionary(c => JsonNamingPolicy.CamelCase.ConvertName(c.Key.ToString()), c => c.Value),
        s.FrontSize is { } size ? size : s.Best is null ? null : TrialContract.Of(s.Best), s.Version);
}

/// <summary>A trial as answered. Feasible is there when the study has constraints and the trial final values: whether it keeps them.</summary>
public sealed record TrialContract(
    int Number, TrialState State, ParameterValues Parameters, int Attempt, [property: JsonIgnore(Condition = Never)] string? Worker,
    IReadOnlyList<MeasurementContract> Measurements, [property: JsonIgnore(Condition = Never)] IReadOnlyDictionary<string, double>? Values,
    [property: JsonIgnore(Condition = Never)] string? Error, [property: JsonIgnore(Condition = Never)] string? SuggestedBy,
    DateTimeOffset CreatedAt, [property: JsonIgnore(Condition = Never)] DateTimeOffset? StartedAt,
    [property: JsonIgnore(Condition = Never)] DateTimeOffset? CompletedAt, Lease? Lease,
    [property: JsonIgnore(Condition = Never)] JsonObject? UserAttributes, bool? Feasible)
{
    internal static TrialContract Of(TrialView t) => new(
        t.Number, t.State, t.Parameters, t.Attempt, t.Worker, [.. t.Measurements.Select(MeasurementContract.Of)], t.Values, t.Error, t.SuggestedBy,
        t.CreatedAt, t.StartedAt, t.CompletedAt, t.Lease, t.UserAttributes, t.IsFeasible);
}

/// <summary>A measurement as answered.</summary>
public sealed record MeasurementContract(
    long Step,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Values)
{
    internal static MeasurementContract Of(Measurement m) => new(m.Step, m.Values);
}

/// <summary>A measurement as an event.</summary>
public sealed record MeasurementEvent(
    int Trial, long Step,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Values)
{
    internal static MeasurementEvent Of(int trial, Measurement m) => new(trial, m.Step, m.Values);
}

/// <summary>One page of a list.</summary>
public sealed record PageContract<T>(IReadOnlyList<T> Items, [property: JsonIgnore(Condition = Never)] string? Next);

/// <summary>The best trials. Of exactly one, its fields are here, too: whoever has one objective need not look into a list.</summary>
public sealed record BestContract(IReadOnlyList<TrialContract> Items, [property: JsonIgnore(Condition = Never)] string? Next)
{
    /// <summary>The fields of the only trial.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Only { get; init; }

    internal static BestContract Of(IReadOnlyList<TrialContract> items, int? after, string? next) =>
        new(items, next) { Only = after is null && next is null && items is [var only] ? JsonSerializer.SerializeToElement(only, HpoJson.Options).EnumerateObject().ToDictionary(field => field.Name, field => field.Value) : null };
}

/// <summary>What suggest answers.</summary>
public sealed record SuggestAnswer(IReadOnlyList<TrialContract> Trials, StudyState StudyState);

/// <summary>What report and heartbeat answer.</summary>
public sealed record ReportContract(
    bool ShouldStop, [property: JsonIgnore(Condition = Never)] string? Reason,
    [property: JsonIgnore(Condition = Never)] DateTimeOffset? LeaseExpiresAt)
{
    internal static ReportContract Of(ReportAnswer a) => new(a.ShouldStop, a.Reason, a.LeaseExpiresAt);
}

/// <summary>A model that workers offer; spaces are its search spaces over kinds of data sets for which another one than parameters is sensible, rules what its settings keep between them.</summary>
public sealed record ModelContract(
    string Name, string Description, JsonNode Settings, IReadOnlyList<ParameterSpec> Parameters, IReadOnlyList<string> Datasets,
    IReadOnlyList<ObjectiveContract> Metrics, IReadOnlyDictionary<string, IReadOnlyList<ParameterSpec>> Spaces,
    IReadOnlyList<RuleContract> Rules)
{
    internal static ModelContract Of(ModelCard c) => new(
        c.Name, c.Description, JsonNode.Parse(c.SettingsSchema)!, [.. c.DefaultSpace.Select(ParameterSpec.From)], c.DataSets,
        [.. c.Metrics.Select(m => new ObjectiveContract(m.Metric, m.Direction, m.Target))],
        c.Spaces.ToDictionary(s => JsonNamingPolicy.CamelCase.ConvertName(s.Key.ToString()), s => (IReadOnlyList<ParameterSpec>)[.. s.Value.Select(ParameterSpec.From)]),
        [.. c.Rules.Select(r => new RuleContract(r.Field, r.Rule, r.Holds))]);
}

/// <summary>A rule between settings: the one that breaks it, the rule for people, and when it is kept, written like a parameter constraint over settings.</summary>
public sealed record RuleContract(string Field, string Rule, string Holds);
