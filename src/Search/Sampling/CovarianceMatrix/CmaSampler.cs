using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>CMA-ES with margin: draws from a normal distribution that adapts to the better half of each generation.</summary>
/// <remarks>All that it knows is the history: the trials after the first few, in the order of their numbers and as soon as they have finished, are cut into
/// generations, and all updates are computed from them. So any number of trials may run at once, a trial that finishes late takes its place, and points that
/// somebody else chose count as well. Pending trials are only avoided.</remarks>
internal sealed class CmaSampler : ISampler
{
    private const int Redraws = 100, ConstraintDraws = 20, MaxReplayed = 32;
    private readonly CmaOptions _options;
    private readonly long _seed;
    private KnownTrials? _known;
    private Replay? _replay;

    public CmaSampler(CmaOptions options, long seed)
    {
        options.Validate();
        (_options, _seed) = (options, seed);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var known = KnownTrials.Of(history, Interlocked.Exchange(ref _known, null));
        var (cube, visited) = (new UnitCube(history.Space), known.ForkVisited());
        var initial = _options.InitialTrials ?? Math.Min(2 + cube.Dimensions, 6);
        var search = known.Count + count <= initial ? null : Search(known, initial, cancellationToken);
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = new RandomStream(_seed, history.NextNumber + i);
            var isInitial = known.Count + i < initial;
            var point = isInitial ? null : Draw(cube, search!, visited, stream);
            var by = isInitial ? "cmaes:sobol" : point is null ? "cmaes:fallback" : "cmaes";
            point ??= Design.Point(cube, known.Count + i, _seed, stream, visited, cancellationToken);
            if (point is null)
                break;
            visited.Add(point);
            suggestions.Add(new Suggestion(point, by));
        }

        _known = known;
        return suggestions;
    }

    private static ParameterValues? Draw(UnitCube cube, CmaSearch search, Visited visited, RandomStream stream)
    {
        for (var draw = 0; draw < Redraws; draw++)
            if (Admissible.Point(cube, search.Draw(stream), () => search.Draw(stream), near: null, ConstraintDraws) is { } u
                && cube.Decode(u) is var point && !visited.Contains(point))
                return point;
        return null;
    }

    private CmaSearch Search(KnownTrials known, int initial, CancellationToken cancellationToken)
    {
        var history = known.History;
        var first = history.Trials.Where(t => t.State is not (TrialState.Failed or TrialState.Canceled)).Take(initial).Select(t => t.Number).ToHashSet();
        var finished = known.Finished;
        var start = finished.Where(t => first.Contains(t.Trial.Number)).ToList();
        List<TrialSnapshot> rows = [.. start.Select(t => t.Trial), .. finished.Where(t => !first.Contains(t.Trial.Number)).Select(t => t.Trial)];
        var rest = finished.Where(t => !first.Contains(t.Trial.Number)).ToList();
        // A cache: what it holds is what would be computed again.
        var replay = _replay?.UpTo(history.Space, start.Count, rows) ?? Start(history.Space, start, rows);
        while (replay.Used + replay.Search.Population <= rows.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            replay = replay.With(replay.Search.Next(rest.GetRange(replay.Used - start.Count, replay.Search.Population)), replay.Used + replay.Search.Population);
        }

        return (_replay = replay).Search;
    }

    private Replay Start(SearchSpace space, List<FinishedTrial> start, List<TrialSnapshot> rows)
    {
        var axes = new Axes(space);
        double[] mean = Ranking.Best(start, 1) is [var best, ..] && (best.Scores is not null || CmaSearch.IsMeasure(best))
            ? [.. axes.Coordinates(best.Trial.Parameters).Select(c => double.IsNaN(c) ? 0.5 : c)]
            : [.. axes.Ordered.Select(_ => 0.5)];
        return new Replay(space, start.Count, rows, [(start.Count, new CmaSearch(_options, axes, _seed, mean))]);
    }

    /// <summary>The searches after the last generations of the finished trials: one that finishes late takes its place before some of them.</summary>
    private sealed record Replay(SearchSpace Space, int Start, List<TrialSnapshot> Rows, IReadOnlyList<(int Used, CmaSearch Search)> Searches)
    {
        /// <summary>How many trials the last one knows.</summary>
        public int Used => Searches[^1].Used;

        public CmaSearch Search => Searches[^1].Search;

        public Replay With(CmaSearch next, int used) => this with { Searches = [.. Searches.TakeLast(MaxReplayed - 1), (used, next)] };

        /// <summary>Those of these that know only such trials, from the first on; null = none.</summary>
        public Replay? UpTo(SearchSpace space, int start, List<TrialSnapshot> rows)
        {
            if (!ReferenceEquals(space, Space) || start != Start)
                return null;
            var same = 0;
            while (same < Math.Min(Used, rows.Count) && ReferenceEquals(rows[same], Rows[same]))
                same++;
            List<(int Used, CmaSearch)> searches = [.. Searches.TakeWhile(s => s.Used <= same)];
            return searches.Count == 0 ? null : this with { Rows = rows, Searches = searches };
        }
    }
}
