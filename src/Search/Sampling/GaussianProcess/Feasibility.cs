// Notation: s = a constraint's slack, ≥ 0 where it holds; t(s) = its target; μ, σ = posterior of t; z = μ / σ; Φ, φ = distribution and density of the standard normal;
// ln P(x) = Σ ln Φ(z) over the constraints.

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>How likely a point is feasible: a Gaussian process for the slack of each outcome constraint, and one for whether a trial has a value at all. Not for use by two threads.</summary>
/// <remarks>Gardner et al., Bayesian Optimization with Inequality Constraints (ICML 2014), section 3: constraints are independent given the point, and each counts with its probability. Targets
/// are sign(s)·ln(1 + |s|/m): what matters is where it is 0 (Eriksson and Poloczek, Scalable Constrained Bayesian Optimization, AISTATS 2021, section 3.2); m is
/// the median of |s| of the first ten trials, before the search narrows to an edge, where all |s| are next to 0. Whether there is a value:
/// least-squares classification with targets 1 and −1 (Rasmussen and Williams 2006, section 6.5), counted as 2·ln Φ(z − 2).</remarks>
internal sealed class Feasibility
{
    // A trial that ends without a value tells next to nothing: the edge is kept away from by so many deviations, and the
    // probability that is left counts twice (benchmarks/results/2026-11-ablation.md).
    private const double Margin = 2, Weight = 2;
    private const int Widest = 10;

    // Once so many of the last trials ended without a value, the next must be likely to have one, whatever another promises.
    private const int Recent = 8, TooMany = 3;
    private const double Wary = 10, Sure = 3;
    private readonly List<Part> _parts;
    private readonly double[] _means = new double[GpModel.Batch], _variances = new double[GpModel.Batch], _cs = new double[GpModel.Batch];

    private Feasibility(List<Part> parts) => _parts = parts;

    /// <summary>Fits to the slacks; null when every trial is feasible for want of constraints, or the numerics fail.</summary>
    /// <remarks>A function of the observations alone: what is taken over from an earlier model is what would be computed again.</remarks>
    /// <param name="features">Of the space.</param>
    /// <param name="all">All observations.</param>
    /// <param name="fitted">How many of some observations, from the first, hyperparameters are fitted to.</param>
    /// <param name="options">Of the sampler.</param>
    /// <param name="earlier">An earlier one of the study; not usable any more.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public static Feasibility? Fit(
        Features features, List<Observation> all, Func<List<Observation>, int> fitted, GpOptions options, Feasibility? earlier, Func<bool> isOver)
    {
        var parts = new List<Part>();
        for (var j = 0; j < all.Select(o => o.Slacks.Length).DefaultIfEmpty(0).Max(); j++)
        {
            List<Observation> known = [.. all.Where(o => !double.IsNaN(o.Slacks[j])).Select(o => o with { Score = o.Slacks[j] })];
            var isLabel = j == all[0].Slacks.Length - 1;
            if (known.Count < 2 || isLabel && known.All(o => o.Score > 0))
                continue;
            if (Part.Fit(j, isLabel, features, known, fitted(known), options, earlier?._parts.Find(p => p.Index == j), isOver) is { } part)
                parts.Add(part);
        }

        return parts.Count == 0 ? null : new Feasibility(parts);
    }

    /// <summary>Whether too many of the last trials ended without a value.</summary>
    public static bool IsWary(List<Observation> all) => all.TakeLast(Recent).Count(o => o.Slacks[^1] < 0) >= TooMany;

    /// <summary>Whether the observed point with the largest mean is sure to have a value (z ≥ 3), or all have one: where failures follow no pattern none is, and there is nothing to be wary of.</summary>
    public bool HasSure()
    {
        if (_parts.Find(p => p.IsLabel)?.Model is not { } model)
            return true;
        var means = model.MeansAtObserved();
        var (mean, variance) = model.Predict(model.X.Rows[Array.IndexOf(means, means.Max())]);
        return mean >= Sure * Math.Sqrt(variance);
    }

    /// <summary>The same with more trials pending, at the means of their slacks; null when the numerics fail or there is no time left.</summary>
    /// <param name="pending">Shape [p][d].</param>
    /// <param name="isOver">Asked for each of them: when true, it is given up.</param>
    public Feasibility? With(IReadOnlyList<double[]> pending, Func<bool> isOver)
    {
        if (pending.Count == 0)
            return this;
        var parts = _parts.ConvertAll(p => p.Model.WithMeans(pending, isOver)?.Model is { } model ? p with { Fitted = p.Fitted with { Model = model } } : null);
        return parts.Contains(null) ? null : new Feasibility(parts!);
    }

    /// <summary>ln P of points, shape [points][d].</summary>
    public double[] LogProbability(IReadOnlyList<double[]> points)
    {
        var values = new double[points.Count];
        Add(points, values, null);
        return values;
    }

    /// <summary>Adds ln P to values, shape [points], and its gradients by the numeric coordinates to gradients when given, shape [points][d].</summary>
    /// <param name="points">Shape [points][d].</param>
    /// <param name="values">Added to.</param>
    /// <param name="gradients">Added to.</param>
    /// <param name="isWary">Whether what may end without a value counts as good as never: 2·ln Φ(10·(z − 2)).</param>
    public void Add(IReadOnlyList<double[]> points, double[] values, IReadOnlyList<double[]>? gradients, bool isWary = false)
    {
        foreach (var part in _parts)
        {
            for (var first = 0; first < points.Count; first += GpModel.Batch)
            {
                double[][] batch = [.. points.Skip(first).Take(GpModel.Batch)];
                part.Model.Predict(batch, _means, _variances);
                var betas = new double[batch.Length][];
                for (var c = 0; c < batch.Length; c++)
                {
                    var z = _means[c] / Math.Sqrt(_variances[c]);
                    var sharpness = isWary ? Wary : 1;
                    var (log, slope) = LogNormal(part.IsLabel ? sharpness * (z - Margin) : z);
                    if (part.IsLabel)
                        (log, slope) = (Weight * log, Weight * sharpness * slope);
                    values[first + c] += log;
                    if (gradients is null)
                        continue;
                    // ∂z = ∂μ/σ − z·∂variance/(2·variance).
                    betas[c] = Array.ConvertAll(part.Model.Alpha, a => a * slope / Math.Sqrt(_variances[c]));
                    _cs[c] = -slope * z / (2 * _variances[c]);
                }

                if (gradients is null)
                    continue;
                double[][] own = [.. batch.Select(x => new double[x.Length])];
                part.Model.Gradient(batch, betas, _cs, own);
                for (var c = 0; c < batch.Length; c++)
                    for (var i = 0; i < own[c].Length; i++)
                        gradients[first + c][i] += own[c][i];
            }
        }
    }

    /// <summary>ln Φ(z) and its derivative φ(z)/Φ(z), for any finite z.</summary>
    internal static (double Value, double Derivative) LogNormal(double z)
    {
        var density = Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI);
        if (z > 0)
        {
            var mass = 1 - 0.5 * MathNet.Numerics.SpecialFunctions.Erfc(z / Math.Sqrt(2));
            return (Math.Log(mass), density / mass);
        }

        var scaled = LogExpectedImprovement.Erfcx(-z / Math.Sqrt(2)); // Φ = ½·exp(−z²/2)·scaled
        return (-0.5 * z * z + Math.Log(0.5 * scaled), Math.Sqrt(2 / Math.PI) / scaled);
    }

    /// <summary>The model of one slack.</summary>
    private sealed record Part(int Index, bool IsLabel, FittedModel Fitted)
    {
        public GpModel Model => Fitted.Model;

        public static Part? Fit(
            int index, bool isLabel, Features features, List<Observation> all, int fitted, GpOptions options, Part? earlier, Func<bool> isOver)
        {
            var data = FitData.Of(all, fitted, options.MaxObservations, Nearness);
            var unit = UnitOf(data.First, all);
            double[] Targets(List<Observation> some) => isLabel ? [.. some.Select(o => o.Score)] : [.. some.Select(o => Target(o.Score, unit))];
            return (earlier?.Fitted.Extend(features, data, () => Targets(data.Modelled), isOver) ?? Anew()) is { } model ? new Part(index, isLabel, model) : null;

            FittedModel? Anew()
            {
                var sample = Observations.Select(data.First, options.MaxFitted, Nearness);
                var likelihood = new MarginalLikelihood(features.Of(sample), Targets(sample), isAdditive: features.Dimensions > 1, isNoisy: isLabel || options.Noise, isCoarse: features.HasFewValues);
                return MapFit.Fit(likelihood, isSmooth: false, isOver) is { } theta ? FittedModel.Condition(features, data, Targets(data.Modelled), theta, isOver) : null;
            }
        }

        // Those near the edge say where it is.
        private static double Nearness(Observation o) => -Math.Abs(o.Score);

        private static double Target(double slack, double unit) => Math.Sign(slack) * Math.Log(1 + Math.Min(Math.Abs(slack) / unit, double.MaxValue));

        // Of those that hyperparameters are fitted to, so that one more trial does not change what was fitted; while all of these are 0 the unit does not matter to the fit.
        private static double UnitOf(List<Observation> first, List<Observation> all)
        {
            double[] sizes = [.. first.Take(Widest).Select(o => Math.Abs(o.Score)).Order()];
            return sizes[sizes.Length / 2] is > 0 and var median ? median : Most(first) is > 0 and var most ? most : Most(all) is > 0 and var later ? later : 1;
        }

        private static double Most(List<Observation> some) => some.Max(o => Math.Abs(o.Score));
    }
}

/// <summary>An acquisition in which the logarithm of the probability that a point is feasible is added.</summary>
/// <param name="acquisition">null = only the probability counts.</param>
/// <param name="feasibility">How likely points are feasible.</param>
/// <param name="isWary">Whether a point must be likely to have a value, whatever it promises.</param>
internal sealed class Feasible(IAcquisition? acquisition, Feasibility feasibility, bool isWary = false) : IAcquisition
{
    // Where nothing is left to gain ln EI falls without bound, and any risk would be worth it: below this it falls like a logarithm, so that the order of points stays.
    private const double Least = -20;

    /// <inheritdoc/>
    public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
    {
        var values = acquisition?.At(points, gradients) ?? new double[points.Count];
        var isStrict = isWary && acquisition is not null;
        for (var i = 0; isStrict && i < values.Length; i++)
        {
            if (!(values[i] < Least))
                continue;
            var depth = 1 + Least - values[i];
            values[i] = Least - Math.Log(depth);
            for (var j = 0; j < gradients?[i].Length; j++)
                gradients[i][j] /= depth;
        }

        feasibility.Add(points, values, gradients, isStrict);
        return values;
    }
}
