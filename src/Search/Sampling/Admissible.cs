using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Points that keep the space's constraints: by rejection, and when that takes too many draws, by going from the last draw
/// towards a point that keeps them.</summary>
internal static class Admissible
{
    /// <summary>How many draws are refused before the walk.</summary>
    public const int MaxDraws = 200;
    private const int Steps = 30;

    /// <summary>Coordinates of a point that keeps the constraints, shape [d]; null only when no such point is known at all.</summary>
    /// <param name="cube">Of the space.</param>
    /// <param name="first">What is wanted; the answer when it keeps them.</param>
    /// <param name="draw">Another one.</param>
    /// <param name="near">Where the walk goes; default: the space's anchor.</param>
    /// <param name="draws">How many draws.</param>
    public static double[]? Point(UnitCube cube, double[] first, Func<double[]> draw, ParameterValues? near = null, int draws = MaxDraws)
    {
        if (cube.Space.Constraints.Count == 0 || Keeps(cube, first))
            return first;
        var last = first;
        for (var i = 0; i < draws; i++)
            if (Keeps(cube, last = draw()))
                return last;
        if ((near is not null && cube.Space.Admits(near) ? near : cube.Space.Anchor) is not { } anchor)
            return null;
        var (end, point) = (cube.Encode(anchor), new double[last.Length]);
        for (var (step, share) = (0, 0.5); step < Steps; step++, share /= 2)
        {
            for (var j = 0; j < point.Length; j++)
                point[j] = end[j] + share * (last[j] - end[j]);
            if (Keeps(cube, point))
                return point;
        }

        return end;
    }

    /// <summary>Whether the point at these coordinates keeps the constraints.</summary>
    public static bool Keeps(UnitCube cube, double[] point) => cube.Space.Constraints.Count == 0 || cube.Space.Admits(cube.Decode(point));
}
