using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>Trials that a user asks for, with all or some of their parameters given.</summary>
internal static class Enqueuing
{
    public static void Validate(StudyDefinition definition, IReadOnlyList<ParameterValues> trials, string pointer)
    {
        var violations = trials
            .SelectMany((values, i) => definition.Space.ViolationsOfPartial(values).Select(v => v with { Pointer = $"{pointer}/{i}{v.Pointer}" }))
            .ToList();
        if (definition.Budget.MaxTrials is { } max && trials.Count > max)
            violations.Add(new Violation(pointer, $"number of trials <= maxTrials {max} must hold, but got {trials.Count}."));
        if (violations.Count > 0)
            throw new InvalidParameterValuesException(violations);
    }

    public static TrialRow Add(StudyWrite write, ParameterValues values, string suggestedBy)
    {
        var isPartial = write.Definition.Space.Violations(values).Count > 0;
        return write.Add(Mapping.ToJson(values), isPartial, suggestedBy);
    }

    /// <summary>Fills what a user left open with a suggested point, then with the middle of what is still open.</summary>
    public static ParameterValues Fill(SearchSpace space, ParameterValues given, ParameterValues suggested)
    {
        var filled = new Dictionary<string, ParameterValue>();
        foreach (var parameter in space.Parameters.Where(p => SearchSpace.IsActive(p, filled)))
        {
            filled[parameter.Name] = given.TryGetValue(parameter.Name, out var value) || suggested.TryGetValue(parameter.Name, out value)
                ? value
                : Middle(parameter);
        }

        return new ParameterValues(filled);
    }

    private static ParameterValue Middle(Parameter parameter) => parameter switch
    {
        FloatParameter { Step: not null } p => p.AtStep(p.Cardinality!.Value / 2),
        FloatParameter { Scale: Scale.Log } p => Math.Sqrt(p.Low) * Math.Sqrt(p.High),
        FloatParameter p => p.Low + (p.High - p.Low) / 2,
        IntParameter p => p.Low + (p.High - p.Low) / p.Step / 2 * p.Step,
        ChoiceParameter p => p.Choices[p.Choices.Count / 2],
        _ => throw new InvalidOperationException($"{parameter.GetType()} has no middle."),
    };
}
