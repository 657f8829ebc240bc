using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Bayesian optimisation: an initial design first, then the point with the largest expected improvement under a Gaussian process fitted
/// to all that is known, or in turn to what is known around the best point; pending trials count as what they are expected to turn out. Several
/// objectives are one for each trial, by weights of its own.</summary>
internal sealed class GpSampler : ISampler
{
    // Of the time: with twice as many observations a fit takes eight times as long, and more where they do not fit into a cache any more (2,000 beside 1,000: ten times).
    private const double Affordable = 1 / 16.0;

    // Of the models with fewer observations than there may be, so many are made from earlier ones before one is made anew, to see how long that takes by now.
    private const int BeforeAnew = 100;

    // With so many pending three of four trials are local instead of two (the ablation table).
    private const int FewestLocal = 4, MostLocal = 15;
    private readonly GpOptions _options;
    private readonly long _seed;
    private readonly TimeProvider _time;
    private KnownTrials? _known;
    private Fitting? _last;
    private GpOptions _affordable;
    private int _fewer;

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
        Fitting? fit = null;
        var affordable = _affordable;
        var isLate = false;
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            var number = history.NextNumber + i;
            var stream = new RandomStream(_seed, number);
            var isInitial = known.Count + i < initial;
            if (!isInitial)
                fit ??= Fit(known, affordable, IsOver);
            var surrogate = fit?.Model?.For(number);
            var isOver = IsOver();
            // Every second one from the surroundings of a good point, or three of four, every fourth not from those of a settled one. Every eighth is never wary: beyond what fails there may be more.
            var local = isInitial || isOver || number % (pending.Count is >= FewestLocal and <= MostLocal ? 4 : 2) == 0 ? null : surrogate?.Local(history.Space, mayLeave: number % 4 == 1, IsOver);
            var point = isInitial || isOver ? null
                : local?.Propose(cube, pending, visited, _options.Candidates / 2, mayRisk: false, stream, IsOver)
                    ?? surrogate?.Propose(cube, pending, visited, _options.Candidates, mayRisk: number % 8 == 0, stream, IsOver);
            var step = isInitial ? design.Step(known.Count + i, visited, stream) : null;
            isOver = IsOver();
            isLate |= i == 0 && !isInitial && point is null && isOver;
            var by = step is not null ? "gp:step" : isInitial ? "gp:sobol" : point is null ? isOver ? "gp:late" : "gp:fallback" : isOver ? "gp:short" : affordable != _options ? "gp:fewer" : "gp";
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
        // What time cut short is not what would be computed again, and no later fit would be in time either. Where a quick one was not enough, what is pending costs too much.
        if (fit is { IsWhole: false } || isLate && fit?.Seconds < _options.MaxSuggestSeconds / 2)
        {
            _affordable = affordable.Half(known.Count);
            return suggestions;
        }

        if (fit is { IsAnew: true } && affordable != _options && fit.Seconds < Affordable * _options.MaxSuggestSeconds)
            _affordable = affordable.Twice(_options);
        if (fit?.Model is not null)
            _last = fit;
        return suggestions;
    }

    private Fitting Fit(KnownTrials known, GpOptions options, Func<bool> isOver)
    {
        var features = new Features(known.History.Space);
        List<Observation>[] observations = [.. Enumerable.Range(0, known.History.Objectives.Count).Select(j => Observations.Of(known.Finished, features, j))];
        var settled = known.History.Trials.FirstOrDefault(t => !t.State.IsFinal())?.Number ?? int.MaxValue;
        // Whoever comes meanwhile computes all anew: same answer, later.
        var earlier = Interlocked.Exchange(ref _last, null) is { } last && last.By == options && (options == _options || ++_fewer % BeforeAnew > 0) ? last.Model : null;
        var started = _time.GetTimestamp();
        int FittedOf(List<Observation> some) => Observations.FittedOf(some.Count, some.Count(o => o.Number < settled), options.MaxNew);
        IStudyModel? fitted = observations.Length > 1
            ? FrontSurrogate.Fit(features, observations, FittedOf, options, _seed, (FrontSurrogate?)earlier, isOver)
            : Surrogate.Fit(features, observations[0], FittedOf, options, (Surrogate?)earlier, isOver);
        var seconds = _time.GetElapsedTime(started).TotalSeconds;
        SearchMetrics.GpFit.Record(seconds);
        return new Fitting(fitted, options, !isOver(), earlier is null, seconds);
    }

    private sealed record Fitting(IStudyModel? Model, GpOptions By, bool IsWhole, bool IsAnew, double Seconds);
}
