using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Points of which a user gave only some values.</summary>
public static class PartialPoint
{
    private const int MaxDraws = 1000;

    /// <summary>Fills what is open with a suggested point, then with the middle of what is still open; where that breaks a constraint, with
    /// random values, up to 1,000 times.</summary>
    /// <param name="space">The space.</param>
    /// <param name="given">The given values, which lie in the space.</param>
    /// <param name="suggested">Where to take the others from.</param>
    /// <param name="seed">Of the random values.</param>
    /// <param name="number">Of the trial.</param>
    /// <returns>A complete point; null when none was found that keeps the constraints.</returns>
    public static ParameterValues? Fill(SearchSpace space, ParameterValues given, ParameterValues suggested, long seed, int number)
    {
        var filled = Fill(space, given, suggested);
        if (space.Admits(filled))
            return filled;
        var cube = new UnitCube(space);
        var stream = new RandomStream(seed, number);
        for (var draw = 0; draw < MaxDraws; draw++)
        {
            filled = Fill(space, given, cube.Decode(PointSampler.Draw(stream, cube.Dimensions)));
            if (space.Admits(filled))
                return filled;
        }

        return null;
    }

    private static ParameterValues Fill(SearchSpace space, ParameterValues given, ParameterValues suggested)
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
