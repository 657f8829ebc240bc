using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;

namespace HpoService.Api.Contracts;

/// <summary>Finished trials, as the trials of any study are answered or exported.</summary>
public sealed record ImportRequest(List<ImportedTrial> Trials);

/// <summary>A finished trial. What belongs to the place where it ran (number, lease, feasible) is read over.</summary>
public sealed record ImportedTrial
{
    /// <summary>A complete point of the study's space.</summary>
    public required ParameterValues Parameters { get; init; }

    /// <summary>A final state.</summary>
    public TrialState State { get; init; } = TrialState.Completed;

    /// <summary>Final values by metric, each objective's and constraint's among them when completed; "NaN", "Infinity" and "-Infinity" make it infeasible.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public Dictionary<string, double>? Values { get; init; }

    /// <summary>What it reported.</summary>
    public List<MeasurementContract>? Measurements { get; init; }

    /// <summary>Why it failed, was infeasible, pruned or canceled.</summary>
    public string? Error { get; init; }

    /// <summary>The method that proposed it; default: import.</summary>
    public string? SuggestedBy { get; init; }

    /// <summary>Free JSON, an object.</summary>
    public JsonElement? UserAttributes { get; init; }

    /// <summary>When it was created; default: now.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; default: now.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Read over.</summary>
    public int? Number { get; init; }

    /// <summary>How often it was begun, from 0.</summary>
    public int? Attempt { get; init; }

    /// <summary>Who ran it.</summary>
    public string? Worker { get; init; }

    /// <summary>Read over: the study's own constraints say.</summary>
    public bool? Feasible { get; init; }

    /// <summary>Read over.</summary>
    public JsonElement? Lease { get; init; }

    internal FinishedTrial ToFinished()
    {
        var checks = new Checks();
        var finished = new FinishedTrial(
            State, Parameters, Values is null ? null : checks.Of(() => Limits.CheckMetrics(Values)),
            [.. (Measurements ?? []).Index().Select(m => new Measurement(m.Item.Step, checks.Of(() => Limits.CheckMetrics(new Dictionary<string, double>(m.Item.Values)), $"/measurements/{m.Index}")))],
            checks.Of(() => Limits.CheckReason(Error, "error")), checks.Of(() => Limits.CheckSuggestedBy(SuggestedBy)),
            UserAttributes is { } attributes ? checks.Of(() => Limits.CheckAttributes(attributes)) : null, CreatedAt, StartedAt, CompletedAt,
            Attempt ?? 0, Worker is null ? null : checks.Of(() => Limits.CheckWorker(Worker)));
        checks.End();
        return finished;
    }
}

/// <summary>A study like another one. What is left out is as there, but for the name; the sampler's seed, too, unless a sampler is given.</summary>
public sealed record CloneRequest(
    string Name, string? Description = null, Dictionary<string, string>? Labels = null, SamplerContract? Sampler = null, PrunerContract? Pruner = null,
    BudgetContract? Budget = null, bool Trials = false)
{
    internal StudyDefinition ToDefinition(StudyDefinition source) => new(
        Name, source.Space, source.Objectives,
        Sampler is null ? source.Sampler : new(Sampler.Kind, Sampler.Seed ?? CreateStudyRequest.StableSeed(Name), Sampler.Options),
        Pruner is null ? source.Pruner : new(Pruner.Kind, Pruner.Options),
        Budget?.Over(source.Budget) ?? source.Budget, source.MaxAttempts, source.Runner, source.Constraints);
}
