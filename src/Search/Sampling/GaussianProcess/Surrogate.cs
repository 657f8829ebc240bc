using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The fitted model of one study at one time. Not for use by two threads.</summary>
internal sealed class Surrogate
{
    private const int Incumbents = 5;

    // Each pending trial costs as much as an observation. Of more than these, the older ones are avoided but not modelled.
    private const int MaxPending = 100;
    private const int MaxLocal = 60;
    private readonly Features _features;
    private readonly List<Observation> _first, _observations;
    private readonly GpModel _model;
    private readonly double[] _targets;
    private readonly double _best;
    private readonly IReadOnlyList<ParameterValues> _incumbents;
    private readonly Neighbourhood? _around;

    private Surrogate(
        Features features, List<Observation> first, List<Observation> observations, GpModel model, double[] targets, Neighbourhood? around = null)
    {
        (_features, _first, _observations, _model, _targets, _around) = (features, first, observations, model, targets, around);
        // The best mean, not the best value: noise would make a lucky trial the bar.
        var means = model.MeansAtObserved();
        _best = means.Max();
        _incumbents = [.. observations.Zip(means).OrderByDescending(t => t.Second).Take(Incumbents).Select(t => t.First.Parameters)];
    }

    /// <summary>Fits to the observations; null when fewer than two have a score or the numerics fail.</summary>
    /// <remarks>A function of the observations alone: what is taken over from an earlier model is what would be computed again.</remarks>
    /// <param name="features">Of the space.</param>
    /// <param name="all">All observations.</param>
    /// <param name="fitted">How many of them, from the first, the hyperparameters are fitted to.</param>
    /// <param name="most">Of the fitted ones, at most so many are kept.</param>
    /// <param name="earlier">An earlier model of the study; not usable any more.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public static Surrogate? Fit(Features features, List<Observation> all, int fitted, int most, Surrogate? earlier, Func<bool> isOver)
    {
        if (all.Count(t => !double.IsNaN(t.Score)) < 2)
            return null;
        var first = all.Take(fitted).ToList();
        var kept = Observations.Select(first, most);
        List<Observation> observations = [.. kept, .. all.Skip(fitted)];
        var targets = Targets(features, observations);
        var x = new Points(features.IsCategorical, [.. observations.Select(o => o.X)]);
        if (earlier is not null && Common(first, earlier._first) == Math.Max(first.Count, earlier._first.Count))
        {
            var common = Math.Min(Common(observations, earlier._observations), earlier._model.X.Count);
            if (earlier._model.Extend(x, targets, common) is { } extended)
                return new Surrogate(features, first, observations, extended, targets);
        }

        var sample = Observations.Select(first, Observations.MaxFitted);
        if (Theta(features, sample, isSmooth: false, isOver) is not { } theta)
            return null;
        var start = GpModel.Condition(new Points(features.IsCategorical, [.. kept.Select(o => o.X)]), targets[..kept.Count], theta);
        if (start?.Extend(x, targets, kept.Count) is { } model)
            return new Surrogate(features, first, observations, model, targets);
        // With more jitter than the first ones needed: such a model is not the one to extend.
        return GpModel.Condition(x, targets, theta, mean: null) is { } jittered ? new Surrogate(features, [], observations, jittered, targets) : null;
    }

    /// <summary>A model of the surroundings of the best point alone, where the function may be smooth though it is not as a whole; null when too few
    /// points lie there or the numerics fail.</summary>
    /// <param name="space">The space.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public Surrogate? Local(SearchSpace space, Func<bool> isOver)
    {
        var d = _features.Dimensions;
        var feasible = _observations.Where(o => !double.IsNaN(o.Score)).ToList();
        if (feasible.Count < LocalPoints(d) || _features.IsCoarse)
            return null;
        var around = new Neighbourhood(_features.Of(_incumbents[0]), _features.IsCategorical, feasible.Select(o => o.X), LocalPoints(d));
        var features = new Features(space, around);
        // Those a radius away from its sides still tell how the function enters it.
        var near = feasible.Select((o, i) => (Observation: o, Index: i, Distance: around.Distance(o.X))).Where(o => o.Distance <= 2 * around.Radius)
            .OrderBy(o => o.Distance).Take(MaxLocal).OrderBy(o => o.Index)
            .Select(o => o.Observation with { X = features.Relative((double[])o.Observation.X.Clone()) }).ToList();
        if (Theta(features, near, isSmooth: true, isOver) is not { } theta)
            return null;
        var targets = Targets(features, near);
        return GpModel.Condition(new Points(features.IsCategorical, [.. near.Select(o => o.X)]), targets, theta, mean: null) is { } model
            ? new Surrogate(features, [], near, model, targets, around)
            : null;
    }

    /// <summary>The unvisited point with the largest expected improvement found; null when the numerics fail or all were visited.</summary>
    public ParameterValues? Propose(
        UnitCube cube, IReadOnlyList<ParameterValues> pending, Visited visited, int candidates, RandomStream stream, Func<bool> isOver)
    {
        var improvement = ExpectedImprovement.Over(_model, _best, [.. pending.TakeLast(MaxPending).Select(_features.Of)], _targets, stream);
        return improvement is null
            ? null
            : new AcquisitionSearch(cube, _features, improvement, _around?.Sides(cube.Encode(_incumbents[0])))
                .Search(_incumbents, candidates, stream, isOver).FirstOrDefault(point => !visited.Contains(point) && cube.Space.Admits(point));
    }

    private static int LocalPoints(int d) => 2 * d + 5;

    private static double[] Targets(Features features, List<Observation> observations) =>
        ScoreWarp.Apply([.. observations.Select(o => o.Score)], features.IsCoarse);

    // One parameter's additive part would be the product again.
    private static double[]? Theta(Features features, List<Observation> sample, bool isSmooth, Func<bool> isOver) => MapFit.Fit(
        new Points(features.IsCategorical, [.. sample.Select(o => o.X)]), Targets(features, sample), features.Dimensions > 1, isSmooth, isOver);

    // How many leading observations are the same.
    private static int Common(List<Observation> a, List<Observation> b)
    {
        var i = 0;
        while (i < a.Count && i < b.Count && a[i].IsSame(b[i]))
            i++;
        return i;
    }
}
