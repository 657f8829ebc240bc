using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Models;

/// <summary>A rule between settings of a model, which every trial keeps.</summary>
/// <param name="Field">The setting that breaks it, with dots into it, such as <c>parallelism.microBatches</c>.</param>
/// <param name="Rule">The rule for people, such as "modelWidth must be a multiple of heads".</param>
/// <param name="Holds">When it is kept: a <see cref="ParameterConstraint"/> over settings; one that names a setting without a value does not apply.</param>
public sealed record JointRule(string Field, string Rule, string Holds)
{
    /// <summary><see cref="Holds"/>, read.</summary>
    internal ParameterConstraint Constraint => new(Holds);

    /// <summary>The rules that a trial's settings break, with pointers such as <c>/parallelism/microBatches</c>.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="settings">All of them, by <see cref="SettingFacts"/>.</param>
    public static IReadOnlyList<Violation> Broken(IEnumerable<JointRule> rules, IReadOnlyDictionary<string, ParameterValue> settings) =>
    [
        .. rules.Where(r => !r.Constraint.Holds(settings)).Select(r => new Violation($"/{r.Field.Replace('.', '/')}", $"{r.Rule}, but got {r.Constraint.Shown(settings)}.")),
    ];
}
