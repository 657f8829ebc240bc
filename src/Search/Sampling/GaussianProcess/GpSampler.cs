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
    // In time after it was not, before it is tried with more observations again.
    private const int InTime = 100;
    private readonly GpOptions _options;
    private readonly long _seed;
    private readonly TimeProvider _time;
    private KnownTrials? _known;
    private Fitted? _last;
    private GpOptions _affordable;
    private int _inTime;

    public GpSampler(GpOptions options, long seed, TimeProvider? time = null)
    {
        options.Validate();
        (_options, _affordable, _seed, _time) = (options, options, seed, time ?? TimeProvider.System);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        bool IsOver()
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _time.GetElapsedTime(started).TotalSeconds > _options.MaxSuggestSeconds;
        }

        var known = KnownTrials.Of(history, Interlocked.Exchange(ref _known, null));
        var (cube, visited, pending) = (new UnitCube(history.Space), known.ForkVisited(), known.Pending.ToList());
        var design = new InitialDesign(cube, known, _seed);
        var initial = _options.InitialTrials ?? design.Count;
        IStudyModel? model = null;
        var affordable = _affordable;
        bool? isWhole = null; // the fit: what time cut short is not what would be computed again
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            var number = history.NextNumber + i;
            var stream = new RandomStream(_seed, number);
            var isInitial = known.Count + i < initial;
            if (!isInitial && model is null)
                (model, isWhole) = (Fit(known, affordable, IsOver), !IsOver());
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
        // Without a model of its own it must not put back what another thread has taken meanwhile.
        if (isWhole == true && model is not null)
            _last = new Fitted(model, affordable);
        // Or no later one would be in time either.
        if (isWhole == false)
            (_affordable, _inTime) = (affordable.Half(known.Count), 0);
        else if (isWhole == true && affordable != _options && ++_inTime == InTime)
            (_affordable, _inTime) = (affordable.Twice(_options), 0);
        return suggestions;
    }

    private IStudyModel? Fit(KnownTrials known, GpOptions options, Func<bool> isOver)
    {
        var features = new Features(known.History.Space);
        List<Observation>[] observations = [.. Enumerable.Range(0, known.History.Objectives.Count).Select(j => Observations.Of(known.Finished, features, j))];
        var settled = known.History.Trials.FirstOrDefault(t => !t.State.IsFinal())?.Number ?? int.MaxValue;
        // Whoever comes meanwhile computes all anew: same answer, later.
        var earlier = Interlocked.Exchange(ref _last, null) is { } last && last.By == options ? last.Model : null;
        var started = Stopwatch.GetTimestamp();
        int FittedOf(List<Observation> some) => Observations.FittedOf(some.Count, some.Count(o => o.Number < settled), options.MaxNew);
        IStudyModel? fitted = observations.Length > 1
            ? FrontSurrogate.Fit(features, observations, FittedOf, options, _seed, (FrontSurrogate?)earlier, isOver)
            : Surrogate.Fit(features, observations[0], FittedOf, options, (Surrogate?)earlier, isOver);
        SearchMetrics.GpFit.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        return fitted;
    }

    private sealed record Fitted(IStudyModel Model, GpOptions By);
}
