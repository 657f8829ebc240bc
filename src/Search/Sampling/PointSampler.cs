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
        return Unvisited(cube, visited, point(cube, number), new RandomStream(seed, number), cancellationToken);
    }

    /// <summary>The wanted point, or another one when it was visited or breaks a constraint; null when all the points of a finite space were
    /// visited or no point is known that keeps the constraints.</summary>
    public static ParameterValues? Unvisited(UnitCube cube, Visited visited, double[] wanted, RandomStream stream, CancellationToken cancellationToken)
    {
        var values = Admissible.Point(cube, wanted, () => Draw(stream, cube.Dimensions)) is { } first ? cube.Decode(first) : null;
        for (var redraw = 0; redraw < Redraws && values is not null && visited.Contains(values); redraw++)
            values = Admissible.Point(cube, Draw(stream, cube.Dimensions), () => Draw(stream, cube.Dimensions)) is { } point ? cube.Decode(point) : null;
        return values is not null && visited.Contains(values) ? Leftover(cube.Space, visited, cancellationToken) : values;
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
