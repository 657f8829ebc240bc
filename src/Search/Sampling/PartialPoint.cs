using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Points of which a user gave only some values.</summary>
public static class PartialPoint
{
    private const int MaxDraws = 1000;

    /// <summary>Fills what is open with a suggested point as far as that leaves every given value active, then with the middle of what is still open; where that breaks
    /// a constraint, or was visited, with random values, up to 1,000 times.</summary>
    /// <param name="space">The space.</param>
    /// <param name="given">The given values, which lie in the space.</param>
    /// <param name="suggested">Where to take the others from.</param>
    /// <param name="seed">Of the random values.</param>
    /// <param name="number">Of the trial.</param>
    /// <param name="visited">Points to keep away from while there are others; null = none.</param>
    /// <returns>A complete point with all given values; null when none was found that keeps the constraints.</returns>
    public static ParameterValues? Fill(SearchSpace space, ParameterValues given, ParameterValues suggested, long seed, int number, Visited? visited = null)
    {
        var needs = Needs(space, given);
        var filled = Filled(suggested);
        if (filled is not null && visited?.Contains(filled) != true)
            return filled;
        if (filled is null && space.Constraints.Count == 0)
            return null; // the given values exclude each other
        var cube = new UnitCube(space);
        var stream = new RandomStream(seed, number);
        for (var i = 0; i < MaxDraws; i++)
        {
            if (Filled(cube.Decode(PointSampler.Draw(stream, cube.Dimensions))) is not { } drawn)
                continue;
            if (visited?.Contains(drawn) != true)
                return drawn;
            filled ??= drawn;
        }

        return filled;

        ParameterValues? Filled(ParameterValues from) => Fill(space, given, from, needs) is var point && given.All(v => point.TryGetValue(v.Key, out _)) && space.Admits(point) ? point : null;
    }

    /// <summary>As <see cref="Fill(SearchSpace, ParameterValues, ParameterValues, long, int, Visited)"/>, but for constraints and given values that the others leave inactive.</summary>
    public static ParameterValues Fill(SearchSpace space, ParameterValues given, ParameterValues suggested) => Fill(space, given, suggested, Needs(space, given));

    // What each parameter's value must fulfil, so that all given ones are active. Children come after their parents.
    private static Dictionary<string, List<Condition>> Needs(SearchSpace space, ParameterValues given)
    {
        var needs = new Dictionary<string, List<Condition>>();
        foreach (var parameter in space.Parameters.Reverse())
        {
            if (parameter.When is not { } when || !given.TryGetValue(parameter.Name, out _) && !needs.ContainsKey(parameter.Name))
                continue;
            if (!needs.TryGetValue(when.Parameter, out var conditions))
                needs[when.Parameter] = conditions = [];
            conditions.Add(when);
        }

        return needs;
    }

    private static ParameterValues Fill(SearchSpace space, ParameterValues given, ParameterValues suggested, Dictionary<string, List<Condition>> needs)
    {
        var filled = new Dictionary<string, ParameterValue>();
        foreach (var parameter in space.Parameters.Where(p => SearchSpace.IsActive(p, filled)))
        {
            var conditions = needs.GetValueOrDefault(parameter.Name, []);
            bool Keeps(ParameterValue value) => conditions.TrueForAll(c => c.Holds(value));
            filled[parameter.Name] = given.TryGetValue(parameter.Name, out var value) || suggested.TryGetValue(parameter.Name, out value) && Keeps(value)
                ? value
                : Candidates(parameter, conditions).Where(Keeps).Append(Middle(parameter)).First();
        }

        return new ParameterValues(filled);
    }

    // The middle; else values that the conditions name, and of those in between the middle and the ends.
    private static IEnumerable<ParameterValue> Candidates(Parameter parameter, List<Condition> conditions)
    {
        yield return Middle(parameter);
        if (parameter is ChoiceParameter choices)
        {
            foreach (var choice in choices.Choices)
                yield return choice;
            yield break;
        }

        var (low, high) = parameter is IntParameter p ? (p.Low, p.High) : parameter is FloatParameter f ? (f.Low, f.High) : (0, 0);
        var (from, to) = (conditions.Max(c => c.AtLeast) is { } least ? Math.Max(low, least) : low, conditions.Min(c => c.AtMost) is { } most ? Math.Min(high, most) : high);
        if (from > to)
            yield break;
        var (first, last, step) = (UnitCube.Encode(parameter, from), UnitCube.Encode(parameter, to), parameter.Cardinality is { } count ? 1.0 / count : 0);
        foreach (var coordinate in new[] { (first + last) / 2, first, first + step, last, last - step })
            yield return UnitCube.Decode(parameter, Math.Clamp(coordinate, 0, 1));
        foreach (var named in conditions.SelectMany(c => c.In ?? []).Append(from).Append(to).Where(v => parameter.Violation(v) is null))
            yield return named;
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
