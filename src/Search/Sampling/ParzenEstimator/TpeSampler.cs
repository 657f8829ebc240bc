// Notation: l = density of the good trials, g = density of all others.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>The tree-structured Parzen estimator: of some points drawn from l, the one with the largest l/g.</summary>
/// <remarks>Bergstra, Bardenet, Bengio and Kégl, Algorithms for Hyper-Parameter Optimization (NIPS 2011), section 4; multivariate kernels; good trials weigh as much
/// as they are better than the best of the others, and the split is linear (Watanabe 2023). Several objectives: good are the first Pareto fronts, the
/// lonelier trials first, as in MOTPE (Ozaki et al., GECCO 2020). Outcome constraints: a ratio for each bound, and good are as many feasible trials and whatever is better, as
/// in c-TPE, see <see cref="RelativeRatio"/>, but candidates come from l alone. Infeasible trials without a value are not
/// good, and pending ones count as a part of one that is not: the search keeps away from them. Pruned trials come after all that ran to their end, those that came farthest first.
/// Beyond a thousand trials each density is that of an even sample of them.</remarks>
internal sealed class TpeSampler : ISampler
{
    private const int MaxGood = 25, MaxKernels = 1024, Redraws = 20;
    private const double LeastWeight = 0.05, PendingWeight = 0.25;
    private readonly TpeOptions _options;
    private readonly long _seed;
    private KnownTrials? _known;

    public TpeSampler(TpeOptions options, long seed)
    {
        options.Validate();
        (_options, _seed) = (options, seed);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var known = KnownTrials.Of(history, Interlocked.Exchange(ref _known, null));
        var (cube, visited) = (new UnitCube(history.Space), known.ForkVisited());
        var model = known.Count + count <= _options.InitialTrials ? null : Fit(known);
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = new RandomStream(_seed, history.NextNumber + i);
            var isInitial = known.Count + i < _options.InitialTrials;
            var point = isInitial ? null : Best(cube, model!, visited, stream, cancellationToken);
            var by = isInitial ? "tpe:sobol" : point is null ? "tpe:fallback" : "tpe";
            point ??= Design.Point(cube, known.Count + i, _seed, stream, visited, cancellationToken);
            if (point is null)
                break;
            visited.Add(point);
            model?.Others.Add(new Kernel(FinishedTrial.CoordinatesOf(history.Space, point), PendingWeight));
            suggestions.Add(new Suggestion(point, by));
        }

        _known = known;
        return suggestions;
    }

    // Null when hardly anything that l offers was not visited.
    private ParameterValues? Best(UnitCube cube, Model model, Visited visited, RandomStream stream, CancellationToken cancellationToken)
    {
        var (l, g) = (model.Good, Density(cube.Space, model.Others));
        var (best, bar) = ((ParameterValues?)null, double.NegativeInfinity);
        for (var (draw, found) = (0, 0); found < _options.Candidates && draw < 10 * _options.Candidates; draw++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var kernel = l.Pick(stream);
            if (Admissible.Point(cube, l.Draw(kernel, stream), () => l.Draw(kernel, stream), near: null, Redraws) is not { } u
                || cube.Decode(u) is var point && visited.Contains(point))
                continue;
            found++;
            var coordinates = FinishedTrial.CoordinatesOf(cube.Space, point);
            var at = model.Value(l.LogDensity(coordinates) - g.LogDensity(coordinates), coordinates);
            if (at > bar || best is null)
                (best, bar) = (point, at);
        }

        return best;
    }

    private Model Fit(KnownTrials known)
    {
        var space = known.History.Space;
        var constraints = Constraints(space, known.Finished);
        var (ranked, good) = Split(known.Finished, constraints.Count > 0);
        var (first, weights) = (ranked.GetRange(0, good), Weights(ranked, good));
        var isGood = first.ToHashSet();
        List<Kernel> others = [.. Kernels([.. known.Finished.Where(o => !isGood.Contains(o))]), .. known.Pending.Select(p => new Kernel(FinishedTrial.CoordinatesOf(space, p), PendingWeight))];
        return new Model(Density(space, Kernels(first, weights)), others, constraints, (double)good / known.Finished.Count);
    }

    // From the best on, and how many of them are good: so many feasible ones and, under constraints, whatever is better; while nothing is feasible, all that have a score
    // then. One more follows, if there is one.
    private (List<FinishedTrial> Ranked, int Good) Split(List<FinishedTrial> finished, bool isConstrained)
    {
        const int Wider = 8;
        var wanted = Math.Min(finished.Count(o => o.Scores is not null), Share(finished.Count));
        if (wanted == 0)
            return (Ranked(finished.Count), isConstrained ? finished.Count(o => o.Measured is not null) : 0);
        for (long most = wanted; ; most *= Wider)
        {
            var ranked = Ranked(most + 1);
            var feasible = ranked.Index().Where(o => o.Item.Scores is not null).Take(wanted).ToList();
            if (feasible.Count == wanted && (feasible[^1].Index + 1 < ranked.Count || ranked.Count == finished.Count))
                return (ranked, feasible[^1].Index + 1);
        }

        List<FinishedTrial> Ranked(long most)
        {
            var count = (int)Math.Min(most, finished.Count);
            return isConstrained ? Ranking.BestMeasured(finished, count) : Ranking.Best(finished, count);
        }
    }

    // One for each bound that a trial broke, of the trials that reported its metric; while none keeps it, those that break it by the least count as keeping it.
    private List<RelativeRatio> Constraints(SearchSpace space, List<FinishedTrial> finished)
    {
        var ratios = new List<RelativeRatio>();
        for (var j = 0; j < finished.FirstOrDefault()?.Slacks.Length; j++)
        {
            var known = finished.Where(o => !double.IsNaN(o.Slacks[j])).ToLookup(o => o.Slacks[j] >= 0);
            List<FinishedTrial> kept = [.. known[true]], broken = [.. known[false]];
            if (kept.Count == 0 && broken.Count > 1)
            {
                broken = [.. broken.OrderByDescending(o => o.Slacks[j])];
                var least = Math.Min(broken.Count - 1, Share(broken.Count));
                (kept, broken) = (broken[..least], broken[least..]);
            }

            if (kept.Count > 0 && broken.Count > 0)
                ratios.Add(new RelativeRatio(Density(space, Kernels(kept)), Density(space, Kernels(broken)), (double)kept.Count / (kept.Count + broken.Count)));
        }

        return ratios;
    }

    // How many of so many are good.
    private int Share(int count) => Math.Min(MaxGood, (int)Math.Ceiling(_options.Gamma * count));

    private Parzen Density(SearchSpace space, List<Kernel> kernels) =>
        new(space, [.. kernels.Select(k => k.Centre)], [.. kernels.Select(k => k.Weight)], _options.PriorWeight, _options.Bandwidth);

    // One for each trial; of many, one for each 2^k-th, which stands for the others, evenly spread over the trials' numbers (Knuth's multiplicative hashing) and mostly the
    // same ones from call to call.
    private static List<Kernel> Kernels(List<FinishedTrial> trials, double[]? weights = null)
    {
        var k = 0;
        while (trials.Count >> k > MaxKernels)
            k++;
        var chosen = Enumerable.Range(0, trials.Count).Where(i => (uint)trials[i].Trial.Number * 2654435769 <= uint.MaxValue >> k).ToList();
        return chosen.ConvertAll(i => new Kernel(trials[i].Coordinates, (weights?[i] ?? 1) * trials.Count / chosen.Count));
    }

    // By how much a trial is better than the first that is not good, 1 on average.
    private static double[] Weights(List<FinishedTrial> ranked, int good)
    {
        double[] equal = [.. Enumerable.Repeat(1.0, good)];
        if (good == 0 || good == ranked.Count || ranked[0].Measured!.Length > 1 || !IsWhole(ranked[good - 1]) || !IsWhole(ranked[good]))
            return equal;
        var bar = ranked[good].Measured![0];
        double[] gains = [.. ranked.Take(good).Select(o => o.Measured![0] - bar)];
        var mean = gains.Average();
        return mean > 0 && double.IsFinite(mean) ? [.. gains.Select(gain => Math.Max(gain / mean, LeastWeight))] : equal;
    }

    private static bool IsWhole(FinishedTrial trial) => trial.Measured is not null && trial.Trial.State != TrialState.Pruned;

    /// <summary>One of a density's kernels.</summary>
    /// <param name="Centre">A point, NaN where a parameter is inactive; shape [d].</param>
    /// <param name="Weight">In trials.</param>
    private readonly record struct Kernel(double[] Centre, double Weight);

    /// <summary>What is known of where trials are good.</summary>
    /// <param name="Good">l.</param>
    /// <param name="Others">Of g.</param>
    /// <param name="Constraints">A ratio for each bound.</param>
    /// <param name="Share">Which share of the trials is good.</param>
    private sealed record Model(Parzen Good, List<Kernel> Others, List<RelativeRatio> Constraints, double Share)
    {
        /// <summary>What is largest at the best candidate, for ln l/g at u, shape [d].</summary>
        public double Value(double ratio, double[] u) => Constraints.Count == 0 ? ratio : RelativeRatio.Log(ratio, Share) + Constraints.Sum(c => c.Log(u));
    }
}
