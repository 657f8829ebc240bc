using HpoService.Search;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>Trials that a user asks for, with all or some of their parameters given.</summary>
internal static class Enqueuing
{
    // Each that cannot be filled takes a thousand attempts, while others wait for their turn.
    private const int MostUnfilled = 3;

    public static void Validate(StudyDefinition definition, IReadOnlyList<ParameterValues> trials, string pointer)
    {
        var violations = trials
            .SelectMany((values, i) => definition.Space.ViolationsOfPartial(values).Select(v => v with { Pointer = $"{pointer}/{i}{v.Pointer}" }))
            .Take(Importing.MostViolations).ToList();
        if (violations.Count == 0 && (definition.Space.Constraints.Count > 0 || definition.Space.Parameters.Any(p => p.When is not null)))
            violations.AddRange(trials.Index().Where(t => Fill(definition.Space, t.Item) is null).Select(t => new Violation(
                $"{pointer}/{t.Index}", $"the given values must leave a point where all of them are active and that keeps the parameterConstraints, but got none for {t.Item}.")).Take(MostUnfilled));
        if (definition.Budget.MaxTrials is { } max && trials.Count > max)
            violations.Add(new Violation(pointer, $"number of trials <= maxTrials {max} must hold, but got {trials.Count}."));
        if (violations.Count > 0)
            throw new InvalidParameterValuesException(violations);
    }

    public static TrialRow Add(StudyWrite write, ParameterValues values, string suggestedBy)
    {
        var isPartial = write.Definition.Space.Violations(values).Count > 0;
        return write.Add(Mapping.ToJson(write.Definition.Space.OnGrid(values)), isPartial, suggestedBy);
    }

    /// <summary>Fills what a user left open with what the sampler suggests, as far as the constraints allow.</summary>
    public static ParameterValues Fill(StudyDefinition definition, ParameterValues given, ParameterValues suggested, int number, Visited visited) =>
        PartialPoint.Fill(definition.Space, given, suggested, definition.Sampler.Seed, number, visited)
        ?? Fill(definition.Space, given) ?? PartialPoint.Fill(definition.Space, given, suggested); // let in by an earlier version

    // The same at every call, so that what was let in can be filled.
    private static ParameterValues? Fill(SearchSpace space, ParameterValues given) => PartialPoint.Fill(space, given, ParameterValues.Empty, seed: 0, number: 0);
}
