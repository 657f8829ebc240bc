using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>The points that must not be proposed again: finished and pending ones, not failed or canceled ones.</summary>
internal sealed class Visited
{
    private readonly HashSet<ParameterValues> _points;

    public Visited(StudyHistory history) => _points =
        [.. history.Trials.Where(t => t.State is not (TrialState.Failed or TrialState.Canceled)).Select(t => t.Parameters)];

    public int Count => _points.Count;

    public bool Add(ParameterValues point) => _points.Add(point);

    public bool Contains(ParameterValues point) => _points.Contains(point);
}
