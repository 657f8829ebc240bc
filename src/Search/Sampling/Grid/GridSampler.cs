using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.Grid;

/// <summary>Options of <c>grid</c>.</summary>
public sealed record GridOptions
{
    /// <summary>How many values of a continuous or large numeric parameter are on the grid, 2 to 1,000.</summary>
    public int Resolution { get; init; } = 10;
}

/// <summary>Every point of a grid once, in order: both ends of numeric ranges, every choice; then nothing more.</summary>
internal sealed class GridSampler : PointwiseSampler
{
    private readonly GridOptions _options;

    public GridSampler(GridOptions options) : base("grid")
    {
        if (options.Resolution is < 2 or > 1000)
            throw new InvalidStudyException("/sampler/options/resolution", $"2 <= resolution <= 1000 must hold, but got {options.Resolution}.");
        _options = options;
    }

    public override ParameterValues? Propose(SearchSpace space, int number, Visited visited, CancellationToken cancellationToken) =>
        visited.FirstUnvisited(() => Enumeration.Grid(space, _options.Resolution), cancellationToken);
}
