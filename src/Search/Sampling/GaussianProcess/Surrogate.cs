using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The fitted model of one study at one time. Not for use by two threads.</summary>
internal sealed class Surrogate
{
    private const int Incumbents = 5;

    // Each pending trial costs as much as an observation. Of more than these, the older ones are avoided but not modelled.
    private const int MaxPending = 100;
    private readonly Features _features;
    private readonly List<Observation> _first, _observations;
    private readonly GpModel _model;
    private readonly double[] _targets;
    private readonly double _best;
    private readonly IReadOnlyList<ParameterValues> _incumbents;

    private Surrogate(Features features, List<Observation> first, List<Observation> observations, GpModel model, double[] targets)
    {
        (_features, _first, _observations, _model, _targets) = (features, first, observations, model, targets);
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
        var targets = ScoreWarp.Apply([.. observations.Select(o => o.Score)]);
        var x = new Points(features.IsCategorical, [.. observations.Select(o => o.X)]);
        if (earlier is not null && Common(first, earlier._first) == Math.Max(first.Count, earlier._first.Count))
        {
            var common = Math.Min(Common(observations, earlier._observations), earlier._model.X.Count);
            if (earlier._model.Extend(x, targets, common) is { } extended)
                return new Surrogate(features, first, observations, extended, targets);
        }

        var sample = Observations.Select(first, Observations.MaxFitted);
        var sampleTargets = ScoreWarp.Apply([.. sample.Select(o => o.Score)]);
        if (MapFit.Fit(new Points(features.IsCategorical, [.. sample.Select(o => o.X)]), sampleTargets, isOver) is not { } theta)
            return null;
        var start = GpModel.Condition(new Points(features.IsCategorical, [.. kept.Select(o => o.X)]), targets[..kept.Count], theta);
        if (start?.Extend(x, targets, kept.Count) is { } model)
            return new Surrogate(features, first, observations, model, targets);
        // With more jitter than the first ones needed: such a model is not the one to extend.
        return GpModel.Condition(x, targets, theta, mean: null) is { } jittered ? new Surrogate(features, [], observations, jittered, targets) : null;
    }

    /// <summary>The unvisited point with the largest expected improvement found; null when the numerics fail or all were visited.</summary>
    public ParameterValues? Propose(
        UnitCube cube, IReadOnlyList<ParameterValues> pending, Visited visited, int candidates, RandomStream stream, Func<bool> isOver, int number = 0)
    {
        var k = (int)Knobs.Get("LOC", 0);
        if (k > 1 && number % k != 0 && Local(cube, pending, visited, candidates, stream, isOver) is { } local)
            return local;
        double[]? low = null, high = null;
        var improvement = ExpectedImprovement.Over(_model, _best, [.. pending.TakeLast(MaxPending).Select(_features.Of)], _targets, stream);
        return improvement is null
            ? null
            : new AcquisitionSearch(cube, _features, improvement).Search(_incumbents, low is null ? candidates : candidates / 2, stream, isOver, low, high).FirstOrDefault(point => !visited.Contains(point));
    }

    private ParameterValues? Local(UnitCube cube, IReadOnlyList<ParameterValues> pending, Visited visited, int candidates, RandomStream stream, Func<bool> isOver)
    {
        var d = _features.Dimensions;
        var m = (int)Math.Ceiling(Knobs.Get("LOCM", 2) * d + Knobs.Get("LOCP", 5));
        if (_observations.Count < m)
            return null;
        var local = new Features(cube.Space);
        var centre = local.RawOf(_incumbents[0]);
        double Distance(double[] x)
        {
            var most = 0.0;
            for (var j = 0; j < d; j++)
                most = Math.Max(most, local.IsCategorical[j] ? (x[j] == centre[j] ? 0 : 1) : Math.Abs(x[j] - centre[j]));
            return most;
        }

        var near = _observations.Where(o => !double.IsNaN(o.Score)).OrderBy(o => Distance(o.X)).Take(m).ToList();
        var radius = Math.Clamp(Distance(near[^1].X) * Knobs.Get("LOCR", 1), 1e-6, 1);
        local.Centre = centre;
        local.Factor = [.. Enumerable.Repeat(0.5 / radius, d)];
        var inside = Knobs.Get("LOCALL", 1) > 0 ? _observations.Where(o => !double.IsNaN(o.Score) && Distance(o.X) <= radius * 2).TakeLast(200).ToList() : near;
        var scaled = inside.Select(o => o with { X = local.Scaled(o.X) }).ToList();
        if (Fit(local, scaled, scaled.Count, 300, null, isOver) is not { } model)
            return null;
        var u = cube.Encode(_incumbents[0]);
        double[] low = [.. u.Select(v => Math.Max(0, v - radius))], high = [.. u.Select(v => Math.Min(1, v + radius))];
        var improvement = ExpectedImprovement.Over(model._model, model._best, [.. pending.TakeLast(MaxPending).Select(local.Of)], model._targets, stream);
        return improvement is null ? null
            : new AcquisitionSearch(cube, local, improvement).Search(model._incumbents, candidates / 2, stream, isOver, low, high).FirstOrDefault(point => !visited.Contains(point));
    }

    private double Side()
    {
        var d = _features.Dimensions;
        double side = Knobs.Get("TR0", 0.8), best = double.NegativeInfinity; int ok = 0, bad = 0; var i = 0;
        var range = _observations.Where(o => !double.IsNaN(o.Score)).Select(o => o.Score).Order().ToArray();
        var unit = range[^1] - range[range.Length / 2];
        foreach (var o in _observations)
        {
            if (i++ < Math.Min(2 + d, 12)) { if (o.Score > best) best = o.Score; continue; }
            if (o.Score > best + 1e-3 * Math.Abs(best)) { ok++; bad = 0; } else { bad++; ok = 0; }
            if (o.Score > best) best = o.Score;
            if (ok >= Knobs.Get("TROK", 3)) { side = Math.Min(1.6, side * 2); ok = 0; }
            if (bad >= Math.Max(Knobs.Get("TRBAD", 4), d * Knobs.Get("TRBD", 0.5))) { side /= 2; bad = 0; }
            if (side < 0.0078) side = Knobs.Get("TR0", 0.8);
        }
        return side;
    }

    // How many leading observations are the same.
    private static int Common(List<Observation> a, List<Observation> b)
    {
        var i = 0;
        while (i < a.Count && i < b.Count && a[i].IsSame(b[i]))
            i++;
        return i;
    }
}
