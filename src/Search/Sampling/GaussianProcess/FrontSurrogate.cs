// Notation: k objectives; n observations; t, shape [k][n] = each objective's targets.
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The fitted models of one study of several objectives at one time, one for each. Each trial is proposed along a direction of its own.</summary>
/// <remarks>Models of the objectives, not of their scalarized value, as in qParEGO of Daulton, Balandat and Bakshy (NeurIPS 2020, arXiv 2006.05078): each objective is smoother than the
/// smallest of several, and what was learned of it serves all directions.</remarks>
internal sealed class FrontSurrogate : IStudyModel
{
    private readonly GpOptions _options;
    private readonly Features _features;
    private readonly long _seed;
    private readonly FittedModel[] _fitted;
    private readonly double[][] _targets;
    private readonly List<Observation> _known;
    private readonly Feasibility? _feasibility;

    private FrontSurrogate(GpOptions options, Features features, long seed, FittedModel[] fitted, double[][] targets, List<Observation> known, Feasibility? feasibility) =>
        (_options, _features, _seed, _fitted, _targets, _known, _feasibility) = (options, features, seed, fitted, targets, known, feasibility);

    /// <summary>Fits to the observations; null when fewer than two have scores or the numerics fail.</summary>
    /// <remarks>A function of the observations alone: what is taken over from an earlier model is what would be computed again.</remarks>
    /// <param name="features">Of the space.</param>
    /// <param name="all">All observations, with the scores of each objective; shape [k][n].</param>
    /// <param name="fittedOf">How many of some observations, from the first, hyperparameters are fitted to.</param>
    /// <param name="options">Of the sampler.</param>
    /// <param name="seed">The study's.</param>
    /// <param name="earlier">An earlier model of the study; not usable any more.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public static FrontSurrogate? Fit(
        Features features, List<Observation>[] all, Func<List<Observation>, int> fittedOf, GpOptions options, long seed, FrontSurrogate? earlier, Func<bool> isOver)
    {
        var feasibility = Feasibility.Fit(features, all[0], fittedOf, options, earlier?._feasibility, isOver);
        List<Observation>[] scored = [.. all.Select(some => some.Where(o => !double.IsNaN(o.Score)).ToList())];
        if (scored[0].Count < 2)
            return null;
        var count = fittedOf(scored[0]);
        var merits = Merits(scored, count);
        var (fitted, targets) = (new FittedModel[all.Length], new double[all.Length][]);
        for (var j = 0; j < all.Length; j++)
        {
            var data = FitData.Of(scored[j], count, options.MaxObservations, Merit);
            targets[j] = Targets(data.Modelled, options);
            if ((earlier?._fitted[j].Extend(features, data, () => targets[j], isOver) ?? Anew(data, targets[j])) is not { } model)
                return null;
            fitted[j] = model;
        }

        return new FrontSurrogate(options, features, seed, fitted, targets, all[0], feasibility);

        double Merit(Observation o) => merits[o.Number];

        FittedModel? Anew(FitData data, double[] t)
        {
            var sample = Observations.Select(data.First, options.MaxFitted, Merit);
            return Surrogate.Theta(features, sample, Targets(sample, options), options, isSmooth: false, isOver) is { } theta
                ? FittedModel.Condition(features, data, t, theta, isOver) : null;
        }
    }

    /// <inheritdoc/>
    public Proposer For(int number) => new Along(this, Scalarization.Direction(_fitted.Length, _seed, number));

    // Of the first ones, by number: good for all objectives alike are the front's, the lonelier before the others.
    private static Dictionary<int, double> Merits(List<Observation>[] scored, int count) =>
        Pareto.Order([.. Enumerable.Range(0, count).Select(i => scored.Select(some => some[i].Score).ToArray())]).Index().ToDictionary(t => scored[0][t.Item].Number, t => -(double)t.Index);

    private static double[] Targets(List<Observation> observations, GpOptions options) =>
        ScoreWarp.Apply([.. observations.Select(o => o.Score)], options.OutputWarping ? Warp.Outliers : Warp.None);

    /// <summary>Proposes along one direction.</summary>
    private sealed class Along : Proposer
    {
        private readonly FrontSurrogate _models;
        private readonly List<Observation> _observations;
        private readonly Scalarization _scalarization;
        private readonly double _best;

        public Along(FrontSurrogate models, double[] direction)
            : this(models, (scores, feasible) => new Scalarization(feasible.Count > 0 ? [.. feasible.Select(i => scores[i])] : scores, direction), null)
        {
        }

        private Along(FrontSurrogate models, Func<double[][], List<int>, Scalarization> scalarization, Neighbourhood? around)
            : base(models._options, models._features, models._known, models._feasibility, around)
        {
            (_models, _observations) = (models, models._fitted[0].Observations);
            // Of the models, not of the trials: noise would make lucky ones the front.
            double[][] means = [.. models._fitted.Select(f => f.Model.MeansAtObserved())];
            double[][] scores = [.. _observations.Select((_, i) => means.Select(m => m[i]).ToArray())];
            List<int> feasible = [.. Enumerable.Range(0, scores.Length).Where(i => _observations[i].IsFeasible)];
            _scalarization = scalarization(scores, feasible);
            double[] values = [.. scores.Select(_scalarization.Of)];
            _best = feasible.Select(i => values[i]).DefaultIfEmpty(double.NaN).Max();
            // While nothing is feasible, the most likely ones are the good ones.
            if (feasible.Count == 0 && models._feasibility is { } likely)
                (feasible, values) = ([.. Enumerable.Range(0, scores.Length)], likely.LogProbability([.. _observations.Select(o => o.X)]));
            Ranked = [.. feasible.OrderByDescending(i => values[i]).Select(i => _observations[i].Parameters)];
        }

        /// <inheritdoc/>
        protected override bool HasBest => !double.IsNaN(_best);

        /// <inheritdoc/>
        protected override IReadOnlyList<ParameterValues> Ranked { get; }

        /// <inheritdoc/>
        public override Proposer? Local(SearchSpace space, bool mayLeave, Func<bool> isOver)
        {
            List<double[]> feasible = [.. _observations.Where(o => o.IsFeasible).Select(o => o.X)];
            if (!HasLocal || feasible.Count < Nearest)
                return null;
            var around = new Neighbourhood(_models._features.Of(Ranked[0]), _models._features.IsCategorical, feasible, Nearest);
            var features = new Features(space, around);
            int[] near = [.. Near(around, _observations)];
            var observations = Relative(features, near.Select(i => _observations[i]));
            var k = _models._fitted.Length;
            var (fitted, targets, means, deviations) = (new FittedModel[k], new double[k][], new double[k], new double[k]);
            for (var j = 0; j < k; j++)
            {
                double[] t = [.. near.Select(i => _models._targets[j][i])];
                means[j] = t.Average();
                deviations[j] = Math.Sqrt(t.Average(v => (v - means[j]) * (v - means[j]))) is > 0 and var deviation ? deviation : 1;
                targets[j] = [.. t.Select(v => (v - means[j]) / deviations[j])];
                if (Surrogate.Theta(features, observations, targets[j], _models._options, isSmooth: true, isOver) is not { } theta
                    || FittedModel.Single(features, observations, targets[j], theta, isOver) is not { } model)
                    return null;
                fitted[j] = model;
            }

            var local = new FrontSurrogate(_models._options, features, _models._seed, fitted, targets, _models._known, LocalFeasibility(features, around, isOver));
            return new Along(local, (_, _) => _scalarization.Standardised(means, deviations), around);
        }

        /// <inheritdoc/>
        protected override IAcquisition? Acquisition(double[][] running, bool[]? counts, Func<bool> isOver)
        {
            GpModel[] models = [.. _models._fitted.Select(f => f.Model)];
            return _models._options.Acquisition == AcquisitionKind.UpperConfidenceBound
                ? FrontAcquisition.Bound(models, _scalarization, _models._options.Confidence, running, isOver)
                : FrontAcquisition.Improvement(models, _scalarization, _best, running, isOver, counts);
        }
    }
}
