using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The fitted model of one study of one objective at one time.</summary>
internal sealed class Surrogate : Proposer, IStudyModel
{
    // Stretching good scores makes noise among them larger: only with enough observations to tell, and next to no noise.
    private const int MinStretched = 30;
    private const double MaxStretchedNoise = 0.0015;

    // Compressing bad scores must predict the better half by so many nats better, of at most so many observations; fewer than the least tell nothing.
    private const double LeastEvidence = 4;
    private const int MinCompared = 16, MaxCompared = 64;

    // What a trial outside of a settled basin must promise to gain, in deviations of the targets.
    private const double LeastGain = 0.01;
    private readonly GpOptions _options;
    private readonly Features _features;
    private readonly FittedModel _fitted;
    private readonly double _best;
    private readonly Warp _warp;
    private readonly List<Observation> _known;
    private readonly Feasibility? _feasibility;

    private Surrogate(
        GpOptions options, Features features, FittedModel fitted, Warp warp, (List<Observation> Known, Feasibility? Of) feasibility, Neighbourhood? around = null)
        : base(options, features, feasibility.Known, feasibility.Of, around)
    {
        (_options, _features, _fitted, _warp) = (options, features, fitted, warp);
        (_known, _feasibility) = feasibility;
        var observations = fitted.Observations;
        // The best mean, not the best value: noise would make a lucky trial the bar.
        var means = fitted.Model.MeansAtObserved();
        var feasible = observations.Zip(means).Where(t => t.First.IsFeasible).ToList();
        _best = feasible.Select(t => t.Second).DefaultIfEmpty(double.NaN).Max();
        // While nothing is feasible, the most likely ones are the good ones.
        Ranked = [.. (feasible.Count > 0 || _feasibility is null ? feasible : observations.Zip(_feasibility.LogProbability([.. observations.Select(o => o.X)])))
            .OrderByDescending(t => t.Second).Select(t => t.First.Parameters)];
    }

    /// <inheritdoc/>
    protected override bool HasBest => !double.IsNaN(_best);

    /// <inheritdoc/>
    protected override IReadOnlyList<ParameterValues> Ranked { get; }

    /// <summary>Fits to the observations; null when fewer than two have a score or the numerics fail.</summary>
    /// <remarks>A function of the observations alone: what is taken over from an earlier model is what would be computed again.</remarks>
    /// <param name="features">Of the space.</param>
    /// <param name="all">All observations.</param>
    /// <param name="fittedOf">How many of some observations, from the first, hyperparameters are fitted to.</param>
    /// <param name="options">Of the sampler.</param>
    /// <param name="earlier">An earlier model of the study; not usable any more.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public static Surrogate? Fit(Features features, List<Observation> all, Func<List<Observation>, int> fittedOf, GpOptions options, Surrogate? earlier, Func<bool> isOver)
    {
        var feasibility = (all, Feasibility.Fit(features, all, fittedOf, options, earlier?._feasibility, isOver));
        all = [.. all.Where(o => !double.IsNaN(o.Score))];
        if (all.Count < 2)
            return null;
        var data = FitData.Of(all, fittedOf(all), options.MaxObservations);
        if (earlier?._fitted.Extend(features, data, () => Targets(data.Modelled, earlier._warp), isOver) is { } extended)
            return new Surrogate(options, features, extended, earlier._warp, feasibility);
        var sample = Observations.Select(data.First, options.MaxFitted);
        var (warp, smooth) = WarpOf(features, sample, options, isOver);
        if (Theta(features, sample, warp, options, isSmooth: false, isOver, smooth) is not { } theta)
            return null;
        if (warp == Warp.Outliers && features.IsCoarse && sample.Count >= MinStretched && new Kernel(theta, features.Dimensions).NoiseShare < MaxStretchedNoise
            && Theta(features, sample, Warp.Stretched, options, isSmooth: false, isOver) is { } stretched)
            (theta, warp) = (stretched, Warp.Stretched);
        return FittedModel.Condition(features, data, Targets(data.Modelled, warp), theta, isOver) is { } fitted ? new Surrogate(options, features, fitted, warp, feasibility) : null;
    }

    /// <inheritdoc/>
    public Proposer For(int number) => this;

    /// <inheritdoc/>
    public override Proposer? Local(SearchSpace space, bool mayLeave, Func<bool> isOver)
    {
        if (Basins() is not { } basins || (mayLeave ? basins.FirstOpen(Ranked.Select(_features.Of)) : basins.Around(_features.Of(Ranked[0]))) is not { } around)
            return null;
        var features = new Features(space, around);
        var near = Relative(features, Near(around, _fitted.Observations).Select(i => _fitted.Observations[i]));
        var feasibility = LocalFeasibility(features, around, isOver);
        var warp = _options.OutputWarping ? Warp.Compressed : Warp.None;
        if (Theta(features, near, warp, _options, isSmooth: true, isOver) is not { } theta)
            return null;
        return FittedModel.Single(features, near, Targets(near, warp), theta, isOver) is { } fitted ? new Surrogate(_options, features, fitted, warp, (_known, feasibility), around) : null;
    }

    /// <inheritdoc/>
    protected override IAcquisition? Acquisition(double[][] running, bool[]? counts, Func<bool> isOver) => _options.Acquisition == AcquisitionKind.UpperConfidenceBound
        ? ConfidenceBound.Over(_fitted.Model, _options.Confidence, running, isOver)
        : ExpectedImprovement.Over(_fitted.Model, Bar(), running, isOver, counts);

    // Null when no local models are made here.
    private Basins? Basins()
    {
        List<Observation> feasible = [.. _fitted.Observations.Where(o => o.IsFeasible)];
        return !HasLocal || feasible.Count < Nearest ? null : new Basins(_features, feasible, Nearest);
    }

    // Higher by a little while a settled basin's best is: its last digits are the local model's.
    private double Bar() => Basins() is { } basins && basins.IsSettled(basins.Around(_features.Of(Ranked[0]))) ? _best + LeastGain : _best;

    /// <summary>What is done to the scores of a model of the whole space.</summary>
    /// <remarks>Smooth valleys with walls orders of magnitude higher need bad scores compressed; where the function is rough, they say how rough
    /// (benchmarks/results/2026-11-ablation.md). The observations tell which it is.</remarks>
    /// <returns>The warp, and the hyperparameters of a smooth fit to all of the sample when one was made.</returns>
    internal static (Warp Warp, double[]? Smooth) WarpOf(Features features, List<Observation> sample, GpOptions options, Func<bool> isOver)
    {
        if (!options.OutputWarping)
            return (Warp.None, null);
        if (features.IsCoarse)
            return (Warp.Outliers, null);
        if (sample.Count < MinCompared)
            return (Warp.Compressed, null);
        var part = Observations.Select(sample, MaxCompared);
        var (compressed, outliers) = (Evidence(features, part, Warp.Compressed, options, isOver), Evidence(features, part, Warp.Outliers, options, isOver));
        var (warp, theta) = compressed.Nats > outliers.Nats + LeastEvidence ? (Warp.Compressed, compressed.Theta) : (Warp.Outliers, outliers.Theta);
        return (warp, part.Count == sample.Count ? theta : null);
    }

    // The log density of the better half of the scores, each left out in turn: there every warp is linear. Up to a number that all warps share.
    private static (double Nats, double[]? Theta) Evidence(Features features, List<Observation> sample, Warp warp, GpOptions options, Func<bool> isOver)
    {
        var targets = Targets(sample, warp);
        int[] ranked = [.. Enumerable.Range(0, sample.Count).Where(i => double.IsFinite(sample[i].Score)).OrderByDescending(i => sample[i].Score)];
        int[] better = [.. ranked.Take((ranked.Length + 1) / 2)];
        if (better.Length == 0 || targets[better[0]] - targets[better[^1]] is not (> 0 and var slope)
            || Theta(features, sample, warp, options, isSmooth: true, isOver) is not { } theta
            || GpModel.Condition(features.Of(sample), targets, theta, mean: null) is not { } model)
            return (double.NegativeInfinity, null);
        var densities = model.LeaveOneOut();
        return (better.Sum(i => densities[i]) + better.Length * Math.Log(slope), theta);
    }

    private static double[] Targets(List<Observation> observations, Warp warp) => ScoreWarp.Apply([.. observations.Select(o => o.Score)], warp);

    private static double[]? Theta(Features features, List<Observation> sample, Warp warp, GpOptions options, bool isSmooth, Func<bool> isOver, double[]? smooth = null) =>
        Theta(features, sample, Targets(sample, warp), options, isSmooth, isOver, smooth);

    /// <summary>The most probable hyperparameters of a model of the sample's targets, shape [n]; null when the numerics fail.</summary>
    internal static double[]? Theta(Features features, List<Observation> sample, double[] targets, GpOptions options, bool isSmooth, Func<bool> isOver, double[]? smooth = null) =>
        // One parameter's additive part would be the product again.
        MapFit.Fit(new MarginalLikelihood(features.Of(sample), targets, isAdditive: features.Dimensions > 1, isNoisy: options.Noise, isCoarse: features.HasFewValues), isSmooth, isOver, smooth);
}
