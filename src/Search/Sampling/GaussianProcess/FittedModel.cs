namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The observations of one fit, in the order of their numbers.</summary>
/// <param name="First">Those that hyperparameters are fitted to.</param>
/// <param name="Kept">Those of them that are in the model.</param>
/// <param name="Modelled">All that are: the kept ones and those that came later.</param>
internal sealed record FitData(List<Observation> First, List<Observation> Kept, List<Observation> Modelled)
{
    /// <summary>Splits observations.</summary>
    /// <param name="all">Observations.</param>
    /// <param name="fitted">How many of them, from the first, hyperparameters are fitted to.</param>
    /// <param name="most">How many of these are kept at most.</param>
    /// <param name="merit">See <see cref="Observations.Select"/>.</param>
    public static FitData Of(List<Observation> all, int fitted, int most, Func<Observation, double>? merit = null)
    {
        var first = all.Take(fitted).ToList();
        var kept = Observations.Select(first, most, merit);
        return new FitData(first, kept, [.. kept, .. all.Skip(fitted)]);
    }
}

/// <summary>A Gaussian process, and what it was fitted to and conditioned on. Not for use by two threads.</summary>
/// <remarks>A function of its data alone: what is taken over from an earlier one is what would be computed again.</remarks>
internal sealed record FittedModel
{
    private readonly List<Observation> _first;

    private FittedModel(List<Observation> first, List<Observation> observations, GpModel model) => (_first, Observations, Model) = (first, observations, model);

    /// <summary>What the model is conditioned on, pending trials aside.</summary>
    public List<Observation> Observations { get; }

    /// <summary>The model.</summary>
    public GpModel Model { get; init; }

    /// <summary>With these hyperparameters; null when the numerics fail or there is no time left.</summary>
    /// <param name="features">Of the space.</param>
    /// <param name="data">The observations.</param>
    /// <param name="targets">Of the modelled ones.</param>
    /// <param name="theta">The hyperparameters.</param>
    /// <param name="isOver">Whether there is no time left.</param>
    public static FittedModel? Condition(Features features, FitData data, double[] targets, double[] theta, Func<bool> isOver)
    {
        var kept = data.Kept.Count;
        var x = features.Of(data.Modelled);
        if (GpModel.Condition(features.Of(data.Kept), targets[..kept], theta, isOver: isOver)?.Extend(x, targets, kept, isOver: isOver) is { } model)
            return new FittedModel(data.First, data.Modelled, model);
        // With more jitter than the first ones needed: such a model is not the one to extend.
        return Single(features, data.Modelled, targets, theta, isOver);
    }

    /// <summary>Of observations that all belong together, not to be extended; null when the numerics fail or there is no time left.</summary>
    public static FittedModel? Single(Features features, List<Observation> observations, double[] targets, double[] theta, Func<bool> isOver) =>
        GpModel.Condition(features.Of(observations), targets, theta, mean: null, isOver) is { } model ? new FittedModel([], observations, model) : null;

    /// <summary>With the same hyperparameters; null when they are not those of the data, the numerics fail, or there is no time left.</summary>
    /// <param name="features">Of the space.</param>
    /// <param name="data">The observations.</param>
    /// <param name="targets">Of the modelled ones.</param>
    /// <param name="isOver">Whether there is no time left.</param>
    public FittedModel? Extend(Features features, FitData data, Func<double[]> targets, Func<bool> isOver)
    {
        if (Common(data.First, _first) != Math.Max(data.First.Count, _first.Count))
            return null;
        var common = Math.Min(Common(data.Modelled, Observations), Model.X.Count);
        return Model.Extend(features.Of(data.Modelled), targets(), common, isOver: isOver) is { } model ? new FittedModel(data.First, data.Modelled, model) : null;
    }

    private static int Common(List<Observation> a, List<Observation> b)
    {
        var i = 0;
        while (i < a.Count && i < b.Count && a[i].IsSame(b[i]))
            i++;
        return i;
    }
}
