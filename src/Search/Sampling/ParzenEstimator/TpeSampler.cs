// Notation: l = density of the good trials, g = density of all others.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>The tree-structured Parzen estimator: of some points drawn from l, the one with the largest l/g.</summary>
/// <remarks>Bergstra, Bardenet, Bengio and Kégl, Algorithms for Hyper-Parameter Optimization (NIPS 2011), section 4; multivariate kernels; good trials weigh as much
/// as they are better than the best of the others, and the split is linear (Watanabe 2023). Several objectives: good are the first Pareto fronts, the
/// lonelier trials first, as in MOTPE (Ozaki et al., GECCO 2020). Infeasible trials, those that break outcome constraints, and pending ones are not
/// good: the search keeps away from them. Pruned trials come after all that ran to their end, those that came farthest first.</remarks>
internal sealed class TpeSampler : ISampler
{
    private const int MaxGood = 25, Redraws = 20;
    private const double LeastWeight = 0.05;
    private readonly TpeOptions _options;
    private readonly long _seed;

    public TpeSampler(TpeOptions options, long seed)
    {
        options.Validate();
        (_options, _seed) = (options, seed);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var (cube, visited, known) = (new UnitCube(history.Space), new Visited(history), FinishedTrials.Known(history));
        var isStart = known + count <= _options.InitialTrials;
        var ranked = isStart ? [] : FinishedTrials.Ranked(FinishedTrials.Of(history));
        var good = Math.Min(ranked.Count(o => o.Scores is not null), Math.Min(MaxGood, (int)Math.Ceiling(_options.Gamma * ranked.Count)));
        var l = isStart ? null : Density(history.Space, ranked.Take(good).Select(o => o.Trial.Parameters), Weights(ranked, good));
        var others = ranked.Skip(good).Select(o => o.Trial.Parameters).Concat(isStart ? [] : FinishedTrials.Pending(history)).ToList();
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = new RandomStream(_seed, history.NextNumber + i);
            var isInitial = known + i < _options.InitialTrials;
            var point = isInitial ? null : Best(cube, l!, Density(history.Space, others, [.. others.Select(_ => 1.0)]), visited, stream, cancellationToken);
            var by = isInitial ? "tpe:sobol" : point is null ? "tpe:fallback" : "tpe";
            point ??= Design.Point(cube, known + i, _seed, stream, visited, cancellationToken);
            if (point is null)
                break;
            visited.Add(point);
            others.Add(point);
            suggestions.Add(new Suggestion(point, by));
        }

        return suggestions;
    }

    // Null when hardly anything that l offers was not visited.
    private ParameterValues? Best(UnitCube cube, Parzen l, Parzen g, Visited visited, RandomStream stream, CancellationToken cancellationToken)
    {
        var (best, bar) = ((ParameterValues?)null, double.NegativeInfinity);
        for (var (draw, found) = (0, 0); found < _options.Candidates && draw < 10 * _options.Candidates; draw++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var kernel = l.Pick(stream);
            if (Admissible.Point(cube, l.Draw(kernel, stream), () => l.Draw(kernel, stream), near: null, Redraws) is not { } u
                || cube.Decode(u) is var point && visited.Contains(point))
                continue;
            found++;
            var coordinates = Coordinates(cube.Space, point);
            var ratio = l.LogDensity(coordinates) - g.LogDensity(coordinates);
            if (ratio > bar || best is null)
                (best, bar) = (point, ratio);
        }

        return best;
    }

    private Parzen Density(SearchSpace space, IEnumerable<ParameterValues> points, double[] weights) =>
        new(space, [.. points.Select(p => Coordinates(space, p))], weights, _options.PriorWeight, _options.Bandwidth);

    private static double[] Coordinates(SearchSpace space, ParameterValues values) =>
        [.. space.Parameters.Select(p => values.TryGetValue(p.Name, out var value) ? UnitCube.Encode(p, value) : double.NaN)];

    // By how much a trial is better than the first that is not good, 1 on average.
    private static double[] Weights(List<FinishedTrial> ranked, int good)
    {
        double[] equal = [.. Enumerable.Repeat(1.0, good)];
        if (good == 0 || ranked[0].Scores!.Length > 1 || !ranked[good - 1].IsWhole || good == ranked.Count || !ranked[good].IsWhole)
            return equal;
        var bar = ranked[good].Scores![0];
        double[] gains = [.. ranked.Take(good).Select(o => o.Scores![0] - bar)];
        var mean = gains.Average();
        return mean > 0 && double.IsFinite(mean) ? [.. gains.Select(gain => Math.Max(gain / mean, LeastWeight))] : equal;
    }
}
