using System.Diagnostics;
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Bayesian optimisation: an initial design first, then the point with the largest expected improvement under a Gaussian process fitted
/// to all that is known, or in turn to what is known around the best point; pending trials are averaged over what they may turn out to be. Several
/// objectives are one for each trial, by weights of its own.</summary>
internal sealed class GpSampler : ISampler
{
    private readonly GpOptions _options;
    private readonly long _seed;
    private KnownTrials? _known;
    private IStudyModel? _last;

    public GpSampler(GpOptions options, long seed)
    {
        options.Validate();
        (_options, _seed) = (options, seed);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        bool IsOver()
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Stopwatch.GetElapsedTime(started).TotalSeconds > _options.MaxSuggestSeconds;
        }

        var known = KnownTrials.Of(history, Interlocked.Exchange(ref _known, null));
        var (cube, visited, pending) = (new UnitCube(history.Space), known.ForkVisited(), known.Pending.ToList());
        var design = new InitialDesign(cube, known, _seed);
        var initial = _options.InitialTrials ?? design.Count;
        IStudyModel? model = null;
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            var number = history.NextNumber + i;
            var stream = new RandomStream(_seed, number);
            var isInitial = known.Count + i < initial;
            if (!isInitial)
                model ??= Fit(known, IsOver);
            var surrogate = model?.For(number);
            var isOver = IsOver();
            // Every second one from the surroundings of a good point, every fourth not from those of a settled one. Every eighth is never wary: beyond what fails there may be more.
            var local = isInitial || isOver || number % 2 == 0 ? null : surrogate?.Local(history.Space, mayLeave: number % 4 == 1, IsOver);
            var point = isInitial || isOver ? null
                : local?.Propose(cube, pending, visited, _options.Candidates / 2, mayRisk: false, stream, IsOver)
                    ?? surrogate?.Propose(cube, pending, visited, _options.Candidates, mayRisk: number % 8 == 0, stream, IsOver);
            var step = isInitial ? design.Step(known.Count + i, visited, stream) : null;
            var by = step is not null ? "gp:step" : isInitial ? "gp:sobol" : point is null ? isOver ? "gp:late" : "gp:fallback" : IsOver() ? "gp:short" : "gp";
            point ??= PointSampler.Unvisited(cube, visited, step ?? design.Spread(known.Count + i, stream), stream, cancellationToken);
            if (point is null)
                break;
            if (step is not null && !point.Equals(cube.Decode(step)))
                by = "gp:random";
            visited.Add(point);
            pending.Add(point);
            suggestions.Add(new Suggestion(point, by));
        }

        _known = known;
        // What time cut short is not what would be computed again. Without a model of its own it must not put back what another thread has taken meanwhile.
        if (IsOver())
            _last = null;
        else if (model is not null)
            _last = model;
        return suggestions;
    }

    private IStudyModel? Fit(KnownTrials known, Func<bool> isOver)
    {
        var features = new Features(known.History.Space);
        List<Observation>[] observations = [.. Enumerable.Range(0, known.History.Objectives.Count).Select(j => Observations.Of(known.Finished, features, j))];
        var settled = known.History.Trials.FirstOrDefault(t => !t.State.IsFinal())?.Number ?? int.MaxValue;
        // Whoever comes meanwhile computes all anew: same answer, later.
        var earlier = Interlocked.Exchange(ref _last, null);
        var started = Stopwatch.GetTimestamp();
        int FittedOf(List<Observation> some) => Observations.FittedOf(some.Count, some.Count(o => o.Number < settled));
        IStudyModel? fitted = observations.Length > 1
            ? FrontSurrogate.Fit(features, observations, FittedOf, _options, _seed, (FrontSurrogate?)earlier, isOver)
            : Surrogate.Fit(features, observations[0], FittedOf, _options, (Surrogate?)earlier, isOver);
        SearchMetrics.GpFit.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return fitted;
    }
}
