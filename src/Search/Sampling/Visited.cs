using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>The points that must not be proposed again: those of finished and pending trials, not of canceled ones. A failed
/// trial has had its attempts: a point that breaks whoever runs it must not come again and again. Kept up to
/// date trial by trial, so that a proposal need not look through all of them. Not safe for concurrent use.</summary>
public sealed class Visited
{
    private readonly Visited? _parent;
    private readonly Dictionary<UInt128, int> _counts = [];
    private readonly List<UInt128> _byNumber = [];
    private Walk? _walk;
    private int _passed;

    /// <summary>No point.</summary>
    public Visited()
    {
    }

    /// <summary>Those of a study's trials.</summary>
    public Visited(StudyHistory history)
    {
        foreach (var trial in history.Trials)
            Set(trial.Number, PointOf(trial));
    }

    private Visited(Visited parent) => _parent = parent;

    /// <summary>How many distinct points there are.</summary>
    public int Count => _counts.Count + (_parent?.Count ?? 0);

    /// <summary>The trials from this number on were never <see cref="Set"/>.</summary>
    public int NextNumber => _byNumber.Count;

    /// <summary>Whether the point is among them.</summary>
    public bool Contains(ParameterValues point) => Contains(point.Fingerprint());

    /// <summary>Adds a point for good; false when it was among them.</summary>
    public bool Add(ParameterValues point)
    {
        var print = point.Fingerprint();
        if (Contains(print))
            return false;
        _counts.Add(print, 1);
        return true;
    }

    /// <summary>Says what a trial's point is now; null = it visits none. The same again changes nothing.</summary>
    public void Set(int number, ParameterValues? point)
    {
        while (_byNumber.Count <= number)
            _byNumber.Add(default);
        var (before, now) = (_byNumber[number], point?.Fingerprint() ?? default);
        if (before == now)
            return;
        _byNumber[number] = now;
        if (now != default)
            _counts[now] = _counts.GetValueOrDefault(now) + 1;
        if (before == default || --_counts[before] > 0)
            return;
        _counts.Remove(before);
        _walk = null; // the point may lie before where the walk has come to
    }

    /// <summary>The point that a trial visits; null = none.</summary>
    internal static ParameterValues? PointOf(TrialSnapshot trial) => trial.State == TrialState.Canceled ? null : trial.Parameters;

    /// <summary>A set that starts as this one; what is added to it is not added here. To be thrown away before this one changes.</summary>
    public Visited Fork() => new(this);

    /// <summary>The first point of a walk that is not among them, null when there is none. The next call goes on from where this one came
    /// to, unless a point was freed in between: each set must always be asked with the same walk.</summary>
    internal ParameterValues? FirstUnvisited(Func<IEnumerable<ParameterValues>> points, CancellationToken cancellationToken)
    {
        var root = _parent ?? this;
        var walk = root._walk ??= new Walk(points());
        if (_passed == 0)
            walk.Skip(root, cancellationToken);
        if (_parent is null)
            return walk.Ahead(0);
        for (; walk.Ahead(_passed) is { } point; _passed++)
            if (!Contains(point))
                return point;
        return null;
    }

    private bool Contains(UInt128 print) => _counts.ContainsKey(print) || _parent?.Contains(print) == true;

    /// <summary>Where a walk has come to: everything before was visited.</summary>
    private sealed class Walk(IEnumerable<ParameterValues> points)
    {
        private readonly IEnumerator<ParameterValues> _points = points.GetEnumerator();
        private readonly List<ParameterValues> _ahead = [];

        public ParameterValues? Ahead(int index)
        {
            while (_ahead.Count <= index && _points.MoveNext())
                _ahead.Add(_points.Current);
            return index < _ahead.Count ? _ahead[index] : null;
        }

        public void Skip(Visited visited, CancellationToken cancellationToken)
        {
            while (Ahead(0) is { } point && visited.Contains(point))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _ahead.RemoveAt(0);
            }
        }
    }
}
