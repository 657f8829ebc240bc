using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Sampling;

/// <summary>Walks through the points of a grid that keep the constraints, lazily, each once, the last parameter fastest.</summary>
internal static class Enumeration
{
    // Of a walk through points that the constraints refuse nobody sees an end: so many of them in a row are taken for it. After some it pays to ask ahead.
    private const int MaxRefused = 200_000, Few = 100;

    /// <summary>All points of the grid that takes every value of a discrete parameter with up to <paramref name="resolution"/> values and
    /// that many evenly spaced ones on its scale, both ends among them, of any other numeric parameter.</summary>
    public static IEnumerable<ParameterValues> Grid(SearchSpace space, int resolution) =>
        Walk(space, [.. space.Parameters.Select(p => Values(p, resolution))], 0, [], new Refusals(space));

    /// <summary>More than <paramref name="count"/> distinct points of the space, or all of them when it has no more.</summary>
    public static IEnumerable<ParameterValues> MoreThan(SearchSpace space, int count) =>
        Walk(space, [.. space.Parameters.Select(p => Values(p, p.Cardinality is null ? count + 2 : int.MaxValue))], 0, [], new Refusals(space));

    /// <summary>An upper bound of the number of points, infinite when a parameter is continuous.</summary>
    public static double Bound(SearchSpace space) =>
        space.Parameters.Aggregate(1.0, (product, p) => product * (p.Cardinality ?? double.PositiveInfinity));

    private static IEnumerable<ParameterValues> Walk(
        SearchSpace space, IEnumerable<ParameterValue>[] values, int index, Dictionary<string, ParameterValue> chosen, Refusals refused)
    {
        if (index == values.Length)
        {
            refused.Count = 0;
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
            if (refused.Count >= MaxRefused)
                break;
            chosen[parameter.Name] = value;
            if (!space.Admits(chosen) || refused.Count > Few && refused.IsVain(index, chosen)) // a constraint of which a name is still open holds
            {
                refused.Count++;
                continue;
            }

            foreach (var point in Walk(space, values, index + 1, chosen, refused))
                yield return point;
        }

        chosen.Remove(parameter.Name);
    }

    /// <summary>How many points were refused in a row, and which choices leave nothing else.</summary>
    private sealed class Refusals(SearchSpace space)
    {
        // A constraint of which a name may be inactive may not apply: nothing can be said ahead.
        private readonly List<(ParameterConstraint Of, int Last)> _known = [.. space.Constraints.Where(c => c.Names.All(name => space.Parameters[space.IndexOf(name)].When is null))
            .Select(c => (c, c.Names.Max(space.IndexOf)))];

        private readonly Dictionary<string, Domain> _open = space.Constraints.SelectMany(c => c.Names).Distinct().ToDictionary(name => name, name => Domain.Of(space.Parameters[space.IndexOf(name)]));

        public int Count { get; set; }

        /// <summary>Whether no values of the later parameters keep all constraints with what is chosen up to this one.</summary>
        public bool IsVain(int index, Dictionary<string, ParameterValue> chosen)
        {
            foreach (var (constraint, last) in _known)
            {
                if (last > index && !Outlook.CanHold(constraint.Expression, constraint.Names.ToDictionary(name => name, name => chosen.TryGetValue(name, out var value) ? Domain.Of(value) : _open[name])))
                    return true;
            }

            return false;
        }
    }

    private static IEnumerable<ParameterValue> Values(Parameter parameter, int resolution) => parameter switch
    {
        ChoiceParameter p => p.Choices,
        FloatParameter { Step: not null } p when p.Cardinality <= resolution => Up(p.Cardinality!.Value).Select(k => (ParameterValue)p.AtStep(k)),
        FloatParameter { Step: not null } p => Spread(p.Cardinality!.Value, resolution).Select(k => (ParameterValue)p.AtStep(k)),
        IntParameter p when p.Cardinality <= resolution => Up(p.Cardinality!.Value).Select(k => (ParameterValue)(p.Low + k * p.Step)),
        IntParameter { Scale: Scale.Linear } p => Spread(p.Cardinality!.Value, resolution).Select(k => (ParameterValue)(p.Low + k * p.Step)),
        IntParameter p => Geometric(p.Low, p.High, resolution).Select(k => (ParameterValue)k),
        _ => Enumerable.Range(0, resolution).Select(i => UnitCube.Decode(parameter, (double)i / (resolution - 1))).Distinct(),
    };

    private static IEnumerable<long> Up(long count)
    {
        for (var k = 0L; k < count; k++)
            yield return k;
    }

    private static IEnumerable<long> Spread(long count, int resolution) =>
        Enumerable.Range(0, resolution).Select(i => (long)Math.Round((count - 1) * ((double)i / (resolution - 1)))).Distinct();

    // Where the next one would round to the same, the next whole number; the later ones are spread over what is left.
    private static IEnumerable<long> Geometric(long low, long high, int count)
    {
        double value = low;
        yield return low;
        for (var left = count - 1; left > 0; left--)
        {
            value = Math.Clamp(value * Math.Pow(high / value, 1.0 / left), Math.Round(value) + 1, high - (left - 1));
            yield return (long)Math.Round(value);
        }
    }
}
