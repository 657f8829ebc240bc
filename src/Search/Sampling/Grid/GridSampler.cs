using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.Grid;

/// <summary>Options of <c>grid</c>.</summary>
public sealed record GridOptions
{
    /// <summary>How many values of a continuous or large numeric parameter are on the grid, 2 to 1,000.</summary>
    public int Resolution { get; init; } = 10;
}

/// <summary>Every point of a grid once, in order: both ends of numeric ranges, every choice; then nothing more.</summary>
internal sealed class GridSampler : ISampler
{
    private readonly GridOptions _options;

    public GridSampler(GridOptions options)
    {
        if (options.Resolution is < 2 or > 1000)
            throw new InvalidStudyException("/sampler/options/resolution", $"2 <= resolution <= 1000 must hold, but got {options.Resolution}.");
        _options = options;
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var visited = new Visited(history);
        var suggestions = new List<Suggestion>();
        foreach (var point in Enumeration.Grid(history.Space, _options.Resolution))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (suggestions.Count == count)
                break;
            if (visited.Add(point))
                suggestions.Add(new Suggestion(point, "grid"));
        }

        return suggestions;
    }
}
