// Notation: l = density of the good trials, g = density of all others.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>The tree-structured Parzen estimator: of some points drawn from l, the one with the largest l/g.</summary>
/// <remarks>Bergstra, Bardenet, Bengio and Kégl, Algorithms for Hyper-Parameter Optimization (NIPS 2011), section 4; multivariate kernels; good trials weigh as much
/// as they are better than the best of the others, and the split is linear (Watanabe 2023). Several objectives: good are the first Pareto fronts, the
/// lonelier trials first, as in MOTPE (Ozaki et al., GECCO 2020). Outcome constraints: a ratio for each bound, and good are as many feasible trials and whatever is better, as
/// in c-TPE, see <see cref="RelativeRatio"/>, but candidates come from l alone. Infeasible trials without a value and pending ones are not
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
        var finished = isStart ? [] : FinishedTrials.Of(history);
        var constraints = Constraints(history, finished);
        var (ranked, good) = constraints.Count == 0 ? Split(finished, finished) : Split(finished, [.. finished.Select(o => o with { Scores = FinishedTrials.Scores(o.Trial.Values, history.Objectives) })]);
        var l = isStart ? null : Density(history.Space, ranked.Take(good).Select(o => o.Trial.Parameters), Weights(ranked, good));
        var others = ranked.Skip(good).Select(o => o.Trial.Parameters).Concat(isStart ? [] : FinishedTrials.Pending(history)).ToList();
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = new RandomStream(_seed, history.NextNumber + i);
            var isInitial = known + i < _options.InitialTrials;
            var point = isInitial ? null : Best(cube, l!, Density(history.Space, others), Value, visited, stream, cancellationToken);
            double Value(double ratio, double[] u) => constraints.Count == 0 ? ratio : RelativeRatio.Log(ratio, (double)good / ranked.Count) + constraints.Sum(c => c.Log(u));
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
    private ParameterValues? Best(UnitCube cube, Parzen l, Parzen g, Func<double, double[], double> value, Visited visited, RandomStream stream, CancellationToken cancellationToken)
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
            var at = value(l.LogDensity(coordinates) - g.LogDensity(coordinates), coordinates);
            if (at > bar || best is null)
                (best, bar) = (point, at);
        }

        return best;
    }

    // The good ones are the first: so many feasible ones and whatever is ranked above them; while nothing is feasible, all that have a score.
    private (List<FinishedTrial> Ranked, int Good) Split(List<FinishedTrial> finished, List<FinishedTrial> scored)
    {
        var ranked = FinishedTrials.Ranked(scored);
        var wanted = Math.Min(finished.Count(o => o.Scores is not null), Share(finished.Count));
        return (ranked, wanted == 0 ? ranked.Count(o => o.Scores is not null) : ranked.Index().Where(o => o.Item.Trial.State != TrialState.Infeasible).ElementAt(wanted - 1).Index + 1);
    }

    // One for each bound that a trial broke, of the trials that reported its metric; while none keeps it, those that break it by the least count as keeping it.
    private List<RelativeRatio> Constraints(StudyHistory history, List<FinishedTrial> finished)
    {
        var ratios = new List<RelativeRatio>();
        var slacks = history.Constraints.Count == 0 ? [] : finished.ConvertAll(o => history.Constraints.SelectMany(c => c.Slacks(o.Trial.Values)).ToArray());
        for (var j = 0; j < slacks.FirstOrDefault()?.Length; j++)
        {
            var known = finished.Zip(slacks, (o, s) => (o.Trial.Parameters, Slack: s[j])).Where(o => !double.IsNaN(o.Slack)).OrderByDescending(o => o.Slack).ToList();
            var kept = known.Count(o => o.Slack >= 0) is > 0 and var some ? some : Math.Min(known.Count - 1, Share(known.Count));
            if (kept > 0 && kept < known.Count)
                ratios.Add(new RelativeRatio(Density(history.Space, known.Take(kept).Select(o => o.Parameters)), Density(history.Space, known.Skip(kept).Select(o => o.Parameters)), (double)kept / known.Count));
        }

        return ratios;
    }

    // How many of so many are good.
    private int Share(int count) => Math.Min(MaxGood, (int)Math.Ceiling(_options.Gamma * count));

    private Parzen Density(SearchSpace space, IEnumerable<ParameterValues> points, double[]? weights = null)
    {
        double[][] coordinates = [.. points.Select(p => Coordinates(space, p))];
        return new(space, coordinates, weights ?? [.. coordinates.Select(_ => 1.0)], _options.PriorWeight, _options.Bandwidth);
    }

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
