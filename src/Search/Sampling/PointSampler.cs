using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>Options of a sampler that has none.</summary>
internal sealed record NoOptions;

/// <summary>A sampler whose proposal for a trial depends on nothing but the seed, the trial's number and what was visited.</summary>
/// <param name="kind">For <see cref="Suggestion.SuggestedBy"/>.</param>
/// <param name="seed">The study's.</param>
/// <param name="point">The cube's point for a trial number.</param>
internal sealed class PointSampler(string kind, long seed, Func<UnitCube, int, double[]> point) : ISampler
{
    private const int Redraws = 200;

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var cube = new UnitCube(history.Space);
        var visited = new Visited(history);
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var number = history.NextNumber + i;
            if (Unvisited(cube, visited, number, cancellationToken) is not { } values)
                break;
            visited.Add(values);
            suggestions.Add(new Suggestion(values, kind));
        }

        return suggestions;
    }

    private ParameterValues? Unvisited(UnitCube cube, Visited visited, int number, CancellationToken cancellationToken)
    {
        var stream = new RandomStream(seed, number);
        return Unvisited(cube, visited, point(cube, number), stream, cancellationToken);
    }

    /// <summary>The wanted point, or another one when it was visited or breaks a constraint; null when all the points of a finite space were
    /// visited or no point is known that keeps the constraints.</summary>
    public static ParameterValues? Unvisited(UnitCube cube, Visited visited, double[] wanted, RandomStream stream, CancellationToken cancellationToken)
    {
        var point = Admissible.Point(cube, wanted, () => Draw(stream, cube.Dimensions));
        for (var redraw = 0; redraw < Redraws && point is not null && visited.Contains(cube.Decode(point)); redraw++)
            point = Admissible.Point(cube, Draw(stream, cube.Dimensions), () => Draw(stream, cube.Dimensions));
        return point is null ? null
            : cube.Decode(point) is var values && visited.Contains(values) ? Leftover(cube.Space, visited, cancellationToken)
            : values;
    }

    /// <summary>A point that was not visited; null when all the points of a finite space were.</summary>
    public static ParameterValues? Leftover(SearchSpace space, Visited visited, CancellationToken cancellationToken)
    {
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
