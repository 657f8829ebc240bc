using System.Text.Json;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Models;

/// <summary>What a worker says about a model that it can train: data to everybody but the worker.</summary>
/// <param name="Name">The name in <c>runner.model</c>.</param>
/// <param name="Description">One or two sentences for people.</param>
/// <param name="SettingsSchema">JSON Schema of <c>runner.settings</c>, as JSON text.</param>
/// <param name="DefaultSpace">The search space of a study that names none.</param>
/// <param name="DataSets">The names of the data sets it can be trained on.</param>
/// <param name="Metrics">The metrics it reports, the one to optimise first.</param>
public sealed record ModelCard(
    string Name,
    string Description,
    string SettingsSchema,
    IReadOnlyList<Parameter> DefaultSpace,
    IReadOnlyList<string> DataSets,
    IReadOnlyList<Objective> Metrics)
{
    /// <summary>The search spaces over data of kinds for which another one than <see cref="DefaultSpace"/> is sensible.</summary>
    public IReadOnlyDictionary<SampleKind, IReadOnlyList<Parameter>> Spaces { get; init; } = new Dictionary<SampleKind, IReadOnlyList<Parameter>>();

    /// <summary>What every trial keeps between its settings.</summary>
    public IReadOnlyList<JointRule> Rules { get; init; } = [];

    /// <summary>The rules that no trial of a study could keep: of its settings, of parameters that stand for settings but cannot be any, and between them. Rules of settings and data show
    /// when a trial is trained.</summary>
    /// <param name="settings">The runner's, or null.</param>
    /// <param name="space">Where the study searches.</param>
    public IReadOnlyList<Violation> Violations(JsonElement? settings, SearchSpace space)
    {
        using var document = JsonDocument.Parse(SettingsSchema);
        var (schema, violations) = (document.RootElement, new List<Violation>());
        if (settings is { ValueKind: not JsonValueKind.Null } given)
            violations.AddRange(SettingsRules.Of(schema, given, "/runner/settings", "settings"));
        if (!schema.TryGetProperty("properties", out var known))
            return violations;
        foreach (var (i, parameter) in space.Parameters.Index())
            if (!known.TryGetProperty(parameter.Name, out var rules))
                violations.Add(new Violation($"/parameters/{i}/name", $"parameters must be settings of {Name}, but got '{parameter.Name}'."));
            else if (SettingsRules.Of(rules, parameter) is { } message)
                violations.Add(new Violation($"/parameters/{i}", message));
        return violations.Count > 0 ? violations : [.. new JointRules(Rules, schema, settings, space).Violations()];
    }

    /// <summary>The space without points that break rules between settings, as far as constraints can say so; the same where no point does.</summary>
    /// <param name="settings">The runner's, or null.</param>
    /// <param name="space">Where the study searches.</param>
    public SearchSpace Narrowed(JsonElement? settings, SearchSpace space)
    {
        using var document = JsonDocument.Parse(SettingsSchema);
        return new JointRules(Rules, document.RootElement, settings, space).Narrowed();
    }

    /// <summary>The search space of a study that names none, over data of a kind; null = of an unknown one.</summary>
    public IReadOnlyList<Parameter> SpaceOf(SampleKind? kind) => kind is { } known && Spaces.TryGetValue(known, out var space) ? space : DefaultSpace;
}
