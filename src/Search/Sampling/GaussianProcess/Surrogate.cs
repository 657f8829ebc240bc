using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The fitted model of one study at one time.</summary>
internal sealed class Surrogate
{
    private const int Incumbents = 5;

    // Each pending trial costs as much as an observation. Of more than these, the older ones are avoided but not modelled.
    private const int MaxPending = 100;
    private readonly Features _features;
    private readonly GpModel _model;
    private readonly double[] _targets;
    private readonly double _best;
    private readonly IReadOnlyList<ParameterValues> _incumbents;

    private Surrogate(Features features, GpModel model, double[] targets, double best, IReadOnlyList<ParameterValues> incumbents) =>
        (_features, _model, _targets, _best, _incumbents) = (features, model, targets, best, incumbents);

    /// <summary>Fits to the finished trials; null when fewer than two have a score or the numerics fail.</summary>
    /// <param name="space">The space.</param>
    /// <param name="trials">Finished and pending trials.</param>
    /// <param name="score">Larger is better; NaN = infeasible.</param>
    /// <param name="maxObservations">Beyond it, the best half and the latest half stay.</param>
    /// <param name="cancellationToken">Polled.</param>
    public static Surrogate? Fit(
        SearchSpace space, IReadOnlyList<TrialSnapshot> trials, Func<TrialSnapshot, double> score, int maxObservations, CancellationToken cancellationToken)
    {
        var finished = trials.Where(t => t.State.IsFinal() && space.Violations(t.Parameters).Count == 0)
            .Select(t => (t.Parameters, Score: score(t))).Select(t => double.IsFinite(t.Score) ? t : (t.Parameters, Score: double.NaN)).ToList();
        if (finished.Count > maxObservations)
        {
            var best = finished.OrderByDescending(t => double.IsNaN(t.Score) ? double.NegativeInfinity : t.Score).Take(maxObservations / 2).ToHashSet();
            finished = [.. best, .. finished.AsEnumerable().Reverse().Where(t => !best.Contains(t)).Take(maxObservations - best.Count)];
        }

        if (finished.Count(t => !double.IsNaN(t.Score)) < 2)
            return null;
        var targets = ScoreWarp.Apply([.. finished.Select(t => t.Score)]);
        var features = new Features(space);
        var x = new Points(features.IsCategorical, [.. finished.Select(t => features.Of(t.Parameters))]);
        if (MapFit.Fit(x, targets, cancellationToken) is not { } model)
            return null;
        // The best mean, not the best value: noise would make a lucky trial the bar.
        var means = model.Predict(x.Rows, [model.Alpha]).Means.Select(m => m[0]).ToArray();
        var incumbents = finished.Zip(means).OrderByDescending(t => t.Second).Take(Incumbents).Select(t => t.First.Parameters).ToList();
        return new Surrogate(features, model, targets, means.Max(), incumbents);
    }

    /// <summary>The unvisited point with the largest expected improvement found; null when the numerics fail or all were visited.</summary>
    public ParameterValues? Propose(
        UnitCube cube, IReadOnlyList<ParameterValues> pending, Visited visited, int candidates, RandomStream stream, CancellationToken cancellationToken)
    {
        var improvement = ExpectedImprovement.Over(_model, _best, [.. pending.TakeLast(MaxPending).Select(_features.Of)], _targets, stream);
        return improvement is null
            ? null
            : new AcquisitionSearch(cube, _features, improvement).Search(_incumbents, candidates, stream, cancellationToken)
                .FirstOrDefault(point => !visited.Contains(point));
    }
}
