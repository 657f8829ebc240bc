// Notation: m, σ, C, y as in CmaState; A = stretch of each coordinate; x = m + σ·A∘y; q = probabilities of the choices.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>A search after some generations, restarts included: what the next trials are drawn from. Never changes.</summary>
internal sealed class CmaSearch
{
    // A search that starts anywhere looks farther around than the first, which starts at the best of a design.
    private const double Wide = 0.2, Converged = 1e-7, Flat = 1e-10;
    private readonly CmaOptions _options;
    private readonly Axes _axes;
    private readonly long _seed;
    private readonly CmaState? _state; // null = no parameter has an order
    private readonly double[] _stretch;
    private readonly double[][] _odds;
    private readonly Restart _restart;
    private readonly IReadOnlyList<double> _bests; // of this restart's generations

    /// <summary>A first search.</summary>
    public CmaSearch(CmaOptions options, Axes axes, long seed, double[] mean)
        : this(options, axes, seed, new Restart(0, options.Population ?? CmaParameters.DefaultPopulation(axes.Ordered.Length + axes.Choices.Length), options.Sigma ?? axes.Sigma, 0, 0), mean)
    {
    }

    private CmaSearch(CmaOptions options, Axes axes, long seed, Restart restart, double[] mean)
        : this(options, axes, seed, restart, axes.Ordered.Length == 0 ? null : new CmaState(new CmaParameters(axes.Ordered.Length, restart.Population), mean, restart.Sigma),
            [.. axes.ChoiceCounts.Select(ChoiceOdds.Equal)], [])
    {
    }

    private CmaSearch(CmaOptions options, Axes axes, long seed, Restart restart, CmaState? state, double[][] odds, IReadOnlyList<double> bests)
    {
        (_options, _axes, _seed, _restart, _odds, _bests) = (options, axes, seed, restart, odds, bests);
        (_state, _stretch) = state is null ? (null, []) : WithMargin(state);
    }

    /// <summary>λ.</summary>
    public int Population => _restart.Population;

    /// <summary>The distribution of the parameters with an order; null when there are none.</summary>
    public CmaState? State => _state;

    /// <summary>A point of the cube, shape [d]. Coordinates outside are drawn anew some times, then cut off.</summary>
    public double[] Draw(RandomStream stream)
    {
        const int Redraws = 10;
        double[] x = [];
        for (var draw = 0; _state is not null && draw <= Redraws; draw++)
        {
            var y = _state.Step([.. _stretch.Select(_ => stream.NextNormal())]);
            x = [.. y.Select((step, j) => _state.Mean[j] + _state.Sigma * _stretch[j] * step)];
            if (x.All(v => v is >= 0 and <= 1))
                break;
        }

        return _axes.Point(x, _odds, stream);
    }

    /// <summary>Whether an infeasible trial says how far it is from being feasible.</summary>
    public static bool IsMeasure(FinishedTrial trial) => trial.Scores is null && trial.Violation > 0 && double.IsFinite(trial.Violation);

    /// <summary>The search after one more generation.</summary>
    /// <param name="generation">λ finished trials.</param>
    public CmaSearch Next(List<FinishedTrial> generation)
    {
        var ranked = Ranking.Best(generation);
        var feasible = ranked.Count(t => t.Scores is not null);
        if (feasible == 0)
            ranked = [.. ranked.OrderByDescending(IsMeasure)];
        // Some way up to where it is feasible is one, too.
        var told = feasible > 0 ? feasible : ranked.Count(IsMeasure);
        if (told == 0 && _bests.Count == 0)
            return _options.Restarts == Restarts.None ? this : Restarted(grows: false);
        IReadOnlyList<double> bests = feasible == 0 ? _bests : [.. _bests, ranked[0].Scores![0]];
        var state = _state?.Update([.. ranked.Select(t => Step(t.Trial.Parameters))], told);
        if (state?.IsBroken == true || _options.Restarts != Restarts.None && HasConverged(ranked, feasible, bests))
            return Restarted(_options.Restarts != Restarts.None);
        var parents = ranked.Take(Math.Min(told, Population / 2)).Select(t => _axes.Chosen(t.Trial.Parameters)).ToList();
        var weights = new CmaParameters(Math.Max(1, _axes.Ordered.Length), Population);
        double[][] odds = [.. _odds.Select((q, i) => ChoiceOdds.Update(q, [.. parents.Select(c => c[i])], weights.Weights, Rate(weights), _odds.Length))];
        return new CmaSearch(_options, _axes, _seed, _restart, state, odds, bests);
    }

    // Half way after the generations in which all parameters could be told apart.
    private double Rate(CmaParameters p) => p.MuEff / (p.MuEff + Math.Sqrt(_odds.Length + _axes.Ordered.Length));

    // A discrete value in the mean's own cell is no step.
    private double[] Step(ParameterValues point)
    {
        var x = _axes.Coordinates(point);
        for (var j = 0; j < x.Length; j++)
        {
            var m = _state!.Mean[j];
            x[j] = double.IsNaN(x[j]) || _axes.Cell(j, m) is var (low, high) && x[j] > low && x[j] < high ? 0 : (x[j] - m) / (_state.Sigma * _stretch[j]);
        }

        return x;
    }

    private (CmaState State, double[] Stretch) WithMargin(CmaState state)
    {
        var mean = state.Mean.Select(m => Math.Clamp(m, 0, 1)).ToArray();
        var (stretch, deviations, alpha) = (new double[mean.Length], state.Deviations(), 1.0 / (mean.Length * (double)Population));
        for (var j = 0; j < mean.Length; j++)
            (mean[j], stretch[j]) = _axes.Cell(j, mean[j]) is var (low, high) ? Margin.Correct(mean[j], deviations[j], low, high, alpha) : (mean[j], 1);
        return (state.At(mean), stretch);
    }

    private bool HasConverged(List<FinishedTrial> ranked, int feasible, IReadOnlyList<double> bests)
    {
        if (feasible < ranked.Count)
            return false;
        var since = 10 + (int)Math.Ceiling(30.0 * (_axes.Ordered.Length + _axes.Choices.Length) / Population);
        var recent = bests.TakeLast(since).Concat(ranked.Select(t => t.Scores![0])).ToList();
        var isFlat = bests.Count >= since && recent.Max() - recent.Min() <= Flat * recent.Max(Math.Abs);
        var isStuck = _state is not null && bests.Count > 10 && bests.TakeLast(10).Max() <= bests.SkipLast(10).Max()
            && _state.Deviations().Select((s, j) => _axes.Cell(j, _state.Mean[j]) is null ? s < Converged : s < Converged || IsAtMargin(j, s)).All(done => done);
        return isFlat || isStuck || _state?.Deviations().Max() < Converged * 1e-2;
    }

    private bool IsAtMargin(int j, double deviation) => _axes.Cell(j, _state!.Mean[j]) is var (low, high) && deviation < (high - low) / 4;

    private CmaSearch Restarted(bool grows)
    {
        var sigma = Math.Max(Wide, _options.Sigma ?? 0);
        var next = !grows ? _restart with { Index = _restart.Index + 1, Sigma = sigma }
            : _restart.Next(_options.Restarts, sigma, (_bests.Count + 1) * Population, new RandomStream(~_seed, _restart.Index + 1));
        // Not the stream of a trial.
        var mean = PointSampler.Draw(new RandomStream(~_seed, -1 - _restart.Index), _axes.Ordered.Length);
        return new CmaSearch(_options, _axes, _seed, next, mean);
    }

    /// <summary>One of the searches of a row.</summary>
    /// <param name="Index">From 0.</param>
    /// <param name="Population">λ.</param>
    /// <param name="Sigma">The first σ.</param>
    /// <param name="Large">How many trials the searches with a large population have used, without the first.</param>
    /// <param name="Small">How many those with a small one.</param>
    private sealed record Restart(int Index, int Population, double Sigma, int Large, int Small)
    {
        public int Doublings { get; private init; }

        public bool IsSmall { get; private init; }

        public Restart Next(Restarts kind, double sigma, int used, RandomStream stream)
        {
            var first = Doublings == 0 && !IsSmall ? Population : FirstPopulation;
            var (large, small) = Index == 0 ? (0, 0) : IsSmall ? (Large, Small + used) : (Large + used, Small);
            if (kind == Restarts.Bipop && Index > 0 && small < large)
            {
                var share = Math.Pow(stream.NextDouble(), 2);
                var population = Math.Max(4, (int)(first * Math.Pow(0.5 * Math.Pow(2, Doublings), share)));
                return new Restart(Index + 1, population, sigma * Math.Pow(10, -2 * stream.NextDouble()), large, small) { Doublings = Doublings, IsSmall = true, FirstPopulation = first };
            }

            return new Restart(Index + 1, (int)Math.Min(first * Math.Pow(2, Doublings + 1), 10_000), sigma, large, small) { Doublings = Doublings + 1, FirstPopulation = first };
        }

        private int FirstPopulation { get; init; }
    }
}
