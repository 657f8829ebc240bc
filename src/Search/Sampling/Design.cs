using HpoService.Search.Numerics;
using HpoService.Search.Sampling.Sobol;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>What samplers with a memory start from: the space's centre, then a Sobol sequence.</summary>
internal static class Design
{
    /// <summary>The point of an index from 0 that was not visited; null when the space is exhausted.</summary>
    public static ParameterValues? Point(UnitCube cube, int index, long seed, RandomStream stream, Visited visited, CancellationToken cancellationToken) =>
        PointSampler.Unvisited(cube, visited, At(cube.Dimensions, index, seed, stream), stream, cancellationToken);

    /// <summary>Its coordinates, shape [d]; random ones in more dimensions than the sequence has.</summary>
    public static double[] At(int dimensions, int index, long seed, RandomStream stream) =>
        index == 0 ? [.. Enumerable.Repeat(0.5, dimensions)]
        : dimensions <= SobolSequence.MaxDimensions ? new SobolSequence(dimensions, seed).At((uint)index)
        : PointSampler.Draw(stream, dimensions);
}
