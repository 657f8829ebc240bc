using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>The columns of a study that its definition is made of, and of which alone: two that are equal give the same.</summary>
internal readonly record struct DefinitionColumns(
    string Name, string ParametersJson, string ParameterConstraintsJson, string ObjectivesJson, string SamplerJson, string PrunerJson, string BudgetJson,
    int MaxAttempts, string RunnerJson, string ConstraintsJson)
{
    public static DefinitionColumns Of(StudyRow row) => new(
        row.Name, row.ParametersJson, row.ParameterConstraintsJson, row.ObjectivesJson, row.SamplerJson, row.PrunerJson, row.BudgetJson,
        row.MaxAttempts, row.RunnerJson, row.ConstraintsJson);

    public StudyDefinition ToDefinition() => new(
        Name,
        ParameterSpec.ToSpace(Mapping.FromJson<List<ParameterSpec>>(ParametersJson)).Constrained(Mapping.FromJson<List<string>>(ParameterConstraintsJson)),
        Mapping.FromJson<List<Objective>>(ObjectivesJson),
        Mapping.FromJson<SamplerSettings>(SamplerJson),
        Mapping.FromJson<PrunerSettings>(PrunerJson),
        Mapping.FromJson<Budget>(BudgetJson),
        MaxAttempts,
        Mapping.FromJson<Runner>(RunnerJson),
        Mapping.FromJson<List<OutcomeConstraint>>(ConstraintsJson));
}
