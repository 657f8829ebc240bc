using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Walks through the points of a grid that keep the constraints, lazily, each once, the last parameter fastest.</summary>
internal static class Enumeration
{
    // Of a walk through points that the constraints refuse nobody sees an end: so many of them in a row are taken for it.
    private const int MaxRefused = 200_000;

    /// <summary>All points of the grid that takes every value of a discrete parameter with up to <paramref name="resolution"/> values and
    /// that many evenly spaced ones, both ends among them, of any other numeric parameter.</summary>
    public static IEnumerable<ParameterValues> Grid(SearchSpace space, int resolution) =>
        Walk(space, [.. space.Parameters.Select(p => Values(p, resolution))], 0, [], new int[1]);

    /// <summary>More than <paramref name="count"/> distinct points of the space, or all of them when it has no more.</summary>
    public static IEnumerable<ParameterValues> MoreThan(SearchSpace space, int count) =>
        Walk(space, [.. space.Parameters.Select(p => Values(p, p.Cardinality is null ? count + 2 : int.MaxValue))], 0, [], new int[1]);

    /// <summary>An upper bound of the number of points, infinite when a parameter is continuous.</summary>
    public static double Bound(SearchSpace space) =>
        space.Parameters.Aggregate(1.0, (product, p) => product * (p.Cardinality ?? double.PositiveInfinity));

    private static IEnumerable<ParameterValues> Walk(
        SearchSpace space, IEnumerable<ParameterValue>[] values, int index, Dictionary<string, ParameterValue> chosen, int[] refused)
    {
        if (index == values.Length)
        {
            refused[0] = 0;
            yield return new ParameterValues(chosen);
            yield break;
        }

        var parameter = space.Parameters[index];
        if (!SearchSpace.IsActive(parameter, chosen))
        {
            foreach (var point in Walk(space, values, index + 1, chosen, refused))
                yield return point;
            yield break;
        }

        foreach (var value in values[index])
        {
            if (refused[0] >= MaxRefused)
                break;
            chosen[parameter.Name] = value;
            if (!space.Admits(chosen)) // a constraint of which a name is still open holds
            {
                refused[0]++;
                continue;
            }

            foreach (var point in Walk(space, values, index + 1, chosen, refused))
                yield return point;
        }

        chosen.Remove(parameter.Name);
    }

    private static IEnumerable<ParameterValue> Values(Parameter parameter, int resolution) => parameter switch
    {
        ChoiceParameter p => p.Choices,
        FloatParameter { Step: not null } p when p.Cardinality <= resolution => Up(p.Cardinality!.Value).Select(k => (ParameterValue)p.AtStep(k)),
        FloatParameter { Step: not null } p => Spread(p.Cardinality!.Value, resolution).Select(k => (ParameterValue)p.AtStep(k)),
        IntParameter p when p.Cardinality <= resolution => Up(p.Cardinality!.Value).Select(k => (ParameterValue)(p.Low + k * p.Step)),
        IntParameter { Scale: Scale.Linear } p => Spread(p.Cardinality!.Value, resolution).Select(k => (ParameterValue)(p.Low + k * p.Step)),
        _ => Enumerable.Range(0, resolution).Select(i => UnitCube.Decode(parameter, (double)i / (resolution - 1))).Distinct(),
    };

    private static IEnumerable<long> Up(long count)
    {
        for (var k = 0L; k < count; k++)
            yield return k;
    }

    private static IEnumerable<long> Spread(long count, int resolution) =>
        Enumerable.Range(0, resolution).Select(i => (long)Math.Round((count - 1) * ((double)i / (resolution - 1)))).Distinct();
}
