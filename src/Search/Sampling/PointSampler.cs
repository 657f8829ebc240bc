using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Options of a sampler that has none.</summary>
internal sealed record NoOptions;

/// <summary>Proposes by the seed, the trial's number and what was visited.</summary>
/// <param name="kind">For <see cref="Suggestion.SuggestedBy"/>.</param>
/// <param name="seed">The study's.</param>
/// <param name="point">The cube's point for a trial number.</param>
internal sealed class PointSampler(string kind, long seed, Func<UnitCube, int, double[]> point) : PointwiseSampler(kind)
{
    private const int Redraws = 200;

    public override ParameterValues? Propose(SearchSpace space, int number, Visited visited, CancellationToken cancellationToken)
    {
        var cube = new UnitCube(space);
        var values = cube.Decode(point(cube, number));
        if (!visited.Contains(values))
            return values;
        var stream = new RandomStream(seed, number);
        for (var redraw = 0; redraw < Redraws && visited.Contains(values); redraw++)
            values = cube.Decode(Draw(stream, cube.Dimensions));
        return visited.Contains(values) ? Leftover(space, visited, cancellationToken) : values;
    }

    /// <summary>A point that was not visited; null when all the points of a finite space were.</summary>
    public static ParameterValues? Leftover(SearchSpace space, Visited visited, CancellationToken cancellationToken)
    {
        if (double.IsFinite(Enumeration.Bound(space)))
            return visited.FirstUnvisited(() => Enumeration.MoreThan(space, int.MaxValue), cancellationToken);
        foreach (var point in Enumeration.MoreThan(space, visited.Count))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!visited.Contains(point))
                return point;
        }

        return null;
    }

    public static double[] Draw(RandomStream stream, int dimensions)
    {
        var point = new double[dimensions];
        for (var i = 0; i < dimensions; i++)
            point[i] = stream.NextDouble();
        return point;
    }
}
