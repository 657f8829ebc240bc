using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class FeasibilityTests
{
    private static readonly SearchSpace Square = new([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);
    private static readonly Features Features = new(Square);

    // From the standard normal distribution to 30 digits (mpmath: log(ncdf(z))).
    [Theory, InlineData(-1e6, -500000000014.7344491), InlineData(-40, -804.6084420137538), InlineData(-10, -53.23128515051247), InlineData(-1, -1.841021645009264),
        InlineData(0, -0.6931471805599453), InlineData(1, -0.17275377902344988), InlineData(6, -9.865876455243676e-10), InlineData(40, 0)]
    public void The_logarithm_of_the_normal_distribution_is_exact_in_both_tails(double z, double expected) =>
        Assert.Equal(expected, Feasibility.LogNormal(z).Value, 1e-12 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Its_derivative_agrees_with_differences_and_falls_all_the_way()
    {
        for (var z = -30.0; z < 6; z += 0.37)
        {
            var (up, down) = (Feasibility.LogNormal(z + 1e-5).Value, Feasibility.LogNormal(z - 1e-5).Value);
            Assert.Equal((up - down) / 2e-5, Feasibility.LogNormal(z).Derivative, 1e-6 * (1 + Math.Abs(z)));
            Assert.True(Feasibility.LogNormal(z + 0.37).Derivative < Feasibility.LogNormal(z).Derivative);
        }
    }

    [Fact]
    public void Points_that_keep_the_bounds_are_likely_and_those_that_break_one_are_not()
    {
        var feasibility = Fit(Slacks)!;
        double Probability(double x, double y) => Math.Exp(feasibility.LogProbability([[x, y]])[0]);
        Assert.InRange(Probability(0.2, 0.3), 0.95, 1);
        Assert.InRange(Probability(0.9, 0.3), 0, 0.05); // breaks the first
        Assert.InRange(Probability(0.2, 0.95), 0, 0.05); // the second
        Assert.True(Probability(0.57, 0.3) > 0.5 && Probability(0.63, 0.3) < 0.5);
    }

    [Fact]
    public void Where_trials_end_without_a_value_is_learned_too()
    {
        var feasibility = Fit(x => [x[0] < 0.6 ? 1 : -1])!;
        Assert.InRange(feasibility.LogProbability([[0.3, 0.5]])[0], -0.2, 0);
        Assert.InRange(feasibility.LogProbability([[0.9, 0.5]])[0], double.MinValue, -5);
    }

    [Fact]
    public void Without_constraints_and_failures_there_is_no_model() => Assert.Null(Fit(_ => [1]));

    [Theory, InlineData(1e-9), InlineData(1e200)]
    public void The_unit_of_a_metric_does_not_matter(double unit) => Assert.Equal(
        Fit(Slacks)!.LogProbability([[0.55, 0.3]])[0], Fit(x => [.. Slacks(x)[..2].Select(s => unit * s), 1])!.LogProbability([[0.55, 0.3]])[0], 1e-6);

    [Theory, InlineData(true, false), InlineData(false, false), InlineData(true, true), InlineData(false, true), InlineData(true, true, true), InlineData(true, true, true, 1e3)]
    public void Added_to_an_acquisition_its_gradient_agrees_with_differences_and_its_batch_with_single_points(bool hasAcquisition, bool hasFailures, bool isWary = false, double bar = 0)
    {
        double[][] x = [.. Points(20)];
        double[] y = [.. x.Select(p => Math.Sin(5 * p[0]) * p[1])];
        var model = GpModel.Condition(new Points([false, false], x), y, [-1, -0.7, 0.1, -6])!;
        var acquisition = new Feasible(hasAcquisition ? ExpectedImprovement.Over(model, y.Max() + bar, [], () => false) : null, Fit(x => hasFailures ? [x[0] + x[1] < 1 ? 1 : -1] : [.. Slacks(x).Select(s => s + 0.1 * Math.Sin(50 * x[0]))], trials: hasFailures ? 11 : 30)!, isWary);
        // Between observed points: at these the variance has no slope.
        double[][] points = [.. Points(10).Zip(Points(11).Skip(1), (a, b) => new[] { (a[0] + b[0]) / 2, (a[1] + b[1]) / 2 })];
        Assert.Equal(points.Select(p => Math.Round(acquisition.At([p])[0], 8)), acquisition.At(points).Select(v => Math.Round(v, 8)));
        double[][] gradients = [.. points.Select(_ => new double[2])];
        acquisition.At(points, gradients);
        foreach (var (point, gradient) in points.Zip(gradients))
        {
            for (var j = 0; j < 2; j++)
            {
                var (up, down) = ((double[])point.Clone(), (double[])point.Clone());
                up[j] += 1e-6;
                down[j] -= 1e-6;
                var expected = (acquisition.At([up])[0] - acquisition.At([down])[0]) / 2e-6;
                Assert.Equal(expected, gradient[j], 1e-3 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void Three_of_the_last_eight_trials_without_a_value_make_it_wary()
    {
        List<Observation> With(params int[] failed) => [.. Observed(12, _ => [1]).Select(o => o with { Slacks = [failed.Contains(o.Number) ? -1 : 1] })];
        Assert.True(Feasibility.IsWary(With(4, 8, 11)));
        Assert.False(Feasibility.IsWary(With(3, 8, 11))); // too long ago
        Assert.False(Feasibility.IsWary(With(10, 11)));
    }

    [Fact]
    public void Where_it_is_wary_no_promise_outweighs_a_likely_failure_and_otherwise_one_does()
    {
        var feasibility = Fit(x => [x[0] < 0.6 ? 1 : -1])!;
        // Nothing to gain where it is safe, and more of nothing at the second; all beyond the edge.
        double[][] points = [[0.25, 0.5], [0.35, 0.5], [0.61, 0.5], [0.9, 0.5]];
        var promise = new Promise(x => x[0] switch { < 0.3 => -1e9, < 0.6 => -1e6, _ => 0 });
        double Best(IAcquisition acquisition) => points.Zip(acquisition.At(points)).MaxBy(v => v.Second).First[0];
        Assert.InRange(Best(new Feasible(promise, feasibility)), 0.6, 1);
        Assert.Equal(0.35, Best(new Feasible(promise, feasibility, isWary: true)));
    }

    [Fact]
    public void What_is_known_to_gain_nothing_does_not_drive_it_beyond_the_edge()
    {
        var history = Walled(30);
        Assert.InRange(history.Trials.Count(t => t.State == TrialState.Infeasible), 0, 15);
        Assert.InRange(history.Trials.Where(t => t.State == TrialState.Completed).Min(t => t.Values["loss"]), 0.4, 0.405);
    }

    [Fact]
    public void Where_most_trials_fail_wherever_they_are_the_search_goes_on_by_what_they_promise()
    {
        // Nothing is likely to have a value, and what fails says nothing: a search that asks for that first stays where it was.
        var space = new SearchSpace([.. Enumerable.Range(0, 3).Select(j => new FloatParameter($"x{j}", 0, 1))]);
        double Best(int seed)
        {
            var history = Histories.Empty(space);
            var sampler = SamplerRegistry.Create(new SamplerSettings("gp", seed), space, history.Objectives);
            for (var i = 0; i < 60; i++)
            {
                var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
                history = new RandomStream(3, 1000 + i).NextDouble() < 0.6 ? history.With(point, TrialState.Infeasible) : history.Completed(point, Histories.Bowl(space, point));
            }

            return history.Trials.Where(t => t.State == TrialState.Completed).Min(t => t.Values["loss"]);
        }

        Assert.InRange(Enumerable.Range(1, 15).Select(Best).Order().ElementAt(7), 0, 0.045);
    }

    [Fact]
    public void Each_eighth_trial_may_risk_to_end_without_a_value()
    {
        // With nothing left to gain before the wall, whoever may risk it goes beyond. How often the others are wrong about the edge differs from search to search: means, and limits for each.
        var byTurn = Enumerable.Range(1, 12).Select(seed => Walled(64, seed).Trials.Skip(24).ToLookup(t => t.Number % 8 == 0, t => t.State == TrialState.Infeasible)).ToList();
        Assert.All(byTurn, t => Assert.True(t[true].Count(failed => failed) >= 3 && t[false].Count(failed => failed) <= 35 / 2));
        Assert.InRange(byTurn.Average(t => t[true].Count(failed => failed)), 4, 5);
        Assert.InRange(byTurn.Average(t => t[false].Count(failed => failed)), 0, 35 / 3.0);
    }

    [Fact]
    public void A_wall_is_known_to_have_a_side_where_trials_work_and_failures_without_a_pattern_are_not()
    {
        Assert.True(Fit(x => [x[0] < 0.6 ? 1 : -1])!.HasSure());
        Assert.True(Fit(Slacks)!.HasSure()); // all have a value
        // Each point was tried twice, and worked once.
        List<Observation> coins = [.. Observed(15, _ => [1]).SelectMany(o => new[] { o with { Number = 2 * o.Number }, o with { Number = 2 * o.Number + 1, Slacks = [-1] } })];
        Assert.False(Feasibility.Fit(Features, coins, some => some.Count, new GpOptions(), null, () => false)!.HasSure());
    }

    [Fact]
    public void What_is_taken_over_from_an_earlier_model_is_what_is_computed_anew()
    {
        var all = Observed(40, Slacks);
        Feasibility? earlier = null;
        for (var n = 34; n <= 40; n++)
            earlier = Feasibility.Fit(Features, all[..n], some => Observations.FittedOf(some.Count, some.Count), new GpOptions(), earlier, () => false);
        var anew = Feasibility.Fit(Features, all, some => Observations.FittedOf(some.Count, some.Count), new GpOptions(), null, () => false);
        double[][] points = [.. Points(9)];
        Assert.Equal(anew!.LogProbability(points).Select(v => Math.Round(v, 9)), earlier!.LogProbability(points).Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void So_it_is_where_most_trials_lie_on_the_bound_and_one_breaks_it_by_more_than_any_before()
    {
        List<Observation> all = [.. Observed(39, _ => [0, 1]).Select(o => o.Number % 4 == 1 ? o with { Slacks = [-Math.Pow(1.5, o.Number), 1], IsFeasible = false } : o)];
        Feasibility? earlier = null;
        for (var n = 36; n <= 39; n++)
            earlier = Feasibility.Fit(Features, all[..n], some => Observations.FittedOf(some.Count, some.Count), new GpOptions(), earlier, () => false);
        var anew = Feasibility.Fit(Features, all, some => Observations.FittedOf(some.Count, some.Count), new GpOptions(), null, () => false);
        double[][] points = [.. Points(9)];
        Assert.Equal(anew!.LogProbability(points).Select(v => Math.Round(v, 9)), earlier!.LogProbability(points).Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void A_trial_that_broke_a_constraint_tells_its_score_and_its_slacks_and_one_that_could_not_run_only_that()
    {
        var history = new StudyHistory(Square, [Histories.Minimize], []) { Constraints = [new("latency", upperBound: 5), new("recall", 0.5, 0.9)] };
        history = With(history, TrialState.Completed, 1, 4, 0.7);
        history = With(history, TrialState.Infeasible, 2, 7, 0.4);
        history = With(history, TrialState.Infeasible, null, null, null);
        history = With(history, TrialState.Pruned, 3, null, null);
        var observations = Observations.Of(KnownTrials.Of(history).Finished, Features, 0);
        Assert.Equal([-1, -2, double.NaN, -3], observations.Select(o => o.Score));
        Assert.Equal([true, false, false, true], observations.Select(o => o.IsFeasible));
        Assert.Equal([1, 0.2, 0.2, 1], observations[0].Slacks.Select(s => Math.Round(s, 9)));
        Assert.Equal([-2, -0.1, 0.5, 1], observations[1].Slacks.Select(s => Math.Round(s, 9))); // the constraints say why
        Assert.Equal([double.NaN, double.NaN, double.NaN, -1], observations[2].Slacks);
        Assert.Equal([double.NaN, double.NaN, double.NaN, 1], observations[3].Slacks);
    }

    [Fact]
    public void A_search_that_has_found_the_edge_does_not_forget_where_it_is()
    {
        // The more trials lie on the edge the smaller their slacks: beside these the others' must not become a step that looks like noise.
        var space = new SearchSpace([new FloatParameter("x", 0, 1)]);
        var history = new StudyHistory(space, [new("value", Direction.Maximize)], []) { Constraints = [new("cost", upperBound: 0.5)] };
        var sampler = SamplerRegistry.Create(new SamplerSettings("gp", 1), space, history.Objectives);
        for (var i = 0; i < 25; i++)
        {
            var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
            var x = point["x"].Number;
            history = history with
            {
                Trials = [.. history.Trials, new TrialSnapshot(i, x <= 0.5 ? TrialState.Completed : TrialState.Infeasible, point, new Dictionary<string, double> { ["value"] = x, ["cost"] = x }, [])],
            };
        }

        Assert.InRange(history.Trials.TakeLast(10).Count(t => t.Parameters["x"].Number is > 0.2 and < 0.8), 7, 10);
    }

    [Fact]
    public void While_nothing_is_feasible_several_objectives_have_scores_too()
    {
        var history = new StudyHistory(Square, [Histories.Minimize, new("cost", Direction.Minimize)], []) { Constraints = [new("latency", upperBound: 5)] };
        foreach (var (loss, cost) in new[] { (1.0, 4.0), (2, 3), (3, 1) })
            history = history with
            {
                Trials =
                [
                    .. history.Trials,
                    new TrialSnapshot(history.NextNumber, TrialState.Infeasible, new([new("x", 0.1 * loss), new("y", 0.5)]), new Dictionary<string, double> { ["loss"] = loss, ["cost"] = cost, ["latency"] = 6 }, []),
                ],
            };
        foreach (var (objective, scores) in new double[][] { [-1, -2, -3], [-4, -3, -1] }.Index())
        {
            var observations = Observations.Of(KnownTrials.Of(history).Finished, Features, objective);
            Assert.Equal(scores, observations.Select(o => o.Score));
            Assert.DoesNotContain(observations, o => o.IsFeasible);
        }

        var sampler = SamplerRegistry.Create(new SamplerSettings("gp", 1, System.Text.Json.JsonDocument.Parse("""{"initialTrials": 1}""").RootElement), Square, history.Objectives);
        Assert.Equal("gp", sampler.Suggest(history, 1, CancellationToken.None)[0].SuggestedBy);
    }

    [Fact]
    public void A_pruned_trial_that_broke_a_constraint_is_not_one_to_improve_on()
    {
        var history = With(new StudyHistory(Square, [Histories.Minimize], []) { Constraints = [new("latency", upperBound: 5)] }, TrialState.Pruned, 3, 7, null);
        var observation = Assert.Single(Observations.Of(KnownTrials.Of(history).Finished, Features, 0));
        Assert.Equal((-3, false), (observation.Score, observation.IsFeasible));
        Assert.Equal([-2, 1], observation.Slacks);
    }

    /// <summary>x + y has its minimum on the edge where x·y = 0.16, at 0.8; below it nothing is feasible.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void The_sampler_finds_the_optimum_on_an_edge(long seed)
    {
        var history = new StudyHistory(Square, [Histories.Minimize], []) { Constraints = [new("area", lowerBound: 0.16)] };
        var sampler = SamplerRegistry.Create(new SamplerSettings("gp", seed), Square, history.Objectives);
        for (var i = 0; i < 25; i++)
        {
            var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
            var (x, y) = (point["x"].Number, point["y"].Number);
            history = history with
            {
                Trials =
                [
                    .. history.Trials,
                    new TrialSnapshot(i, x * y >= 0.16 ? TrialState.Completed : TrialState.Infeasible, point, new Dictionary<string, double> { ["loss"] = x + y, ["area"] = x * y }, []),
                ],
            };
        }

        Assert.InRange(history.Trials.Where(t => t.State == TrialState.Completed).Min(t => t.Values["loss"]), 0.8, 0.801);
    }

    [Fact]
    public void While_nothing_is_feasible_the_sampler_goes_where_it_may_be()
    {
        // One point in sixty is feasible, far from where the objective falls.
        var history = new StudyHistory(Square, [Histories.Minimize], []) { Constraints = [new("distance", upperBound: 0.07)] };
        var sampler = SamplerRegistry.Create(new SamplerSettings("gp", 5), Square, history.Objectives);
        for (var i = 0; i < 20; i++)
        {
            var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
            var (x, y) = (point["x"].Number, point["y"].Number);
            var distance = Math.Sqrt((x - 0.15) * (x - 0.15) + (y - 0.85) * (y - 0.85));
            history = history with
            {
                Trials =
                [
                    .. history.Trials,
                    new TrialSnapshot(i, distance <= 0.07 ? TrialState.Completed : TrialState.Infeasible, point, new Dictionary<string, double> { ["loss"] = -x, ["distance"] = distance }, []),
                ],
            };
        }

        Assert.Contains(history.Trials, t => t.State == TrialState.Completed);
    }

    // The loss falls towards x0 = 1, but beyond 0.6 nothing works: at 0.599 there is next to nothing left to gain.
    private static StudyHistory Walled(int trials, int seed = 1)
    {
        var space = new SearchSpace([.. Enumerable.Range(0, 4).Select(j => new FloatParameter($"x{j}", 0, 1))]);
        var history = Histories.Empty(space);
        var sampler = SamplerRegistry.Create(new SamplerSettings("gp", seed), space, history.Objectives);
        for (var i = 0; i < trials; i++)
        {
            var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
            var x = point["x0"].Number;
            history = x > 0.6 ? history.With(point, TrialState.Infeasible) : history.Completed(point, 1 - x);
        }
        return history;
    }

    private sealed class Promise(Func<double[], double> value) : IAcquisition
    {
        public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null) => [.. points.Select(value)];
    }

    // Keeps x ≤ 0.6 and y ≤ 0.8; the second grows fast.
    private static double[] Slacks(double[] x) => [0.6 - x[0], Math.Exp(5 * 0.8) - Math.Exp(5 * x[1]), 1];

    private static Feasibility? Fit(Func<double[], double[]> slacks, int trials = 30) => Feasibility.Fit(Features, Observed(trials, slacks), some => some.Count, new GpOptions(), null, () => false);

    private static List<Observation> Observed(int count, Func<double[], double[]> slacks) => [.. Points(count).Select((u, i) =>
        new Observation(new UnitCube(Square).Decode(u), Features.At(u), u[0]) { Number = i, Slacks = slacks(u), IsFeasible = slacks(u).All(s => s >= 0) })];

    private static IEnumerable<double[]> Points(int count)
    {
        var stream = new RandomStream(6, 7);
        return [.. Enumerable.Range(0, count).Select(_ => new[] { stream.NextDouble(), stream.NextDouble() })];
    }

    private static StudyHistory With(StudyHistory history, TrialState state, double? loss, double? latency, double? recall)
    {
        var values = new Dictionary<string, double?> { ["loss"] = loss, ["latency"] = latency, ["recall"] = recall }.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!.Value);
        return history with { Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, state, new([new("x", 0.1 * history.NextNumber), new("y", 0.5)]), values, [])] };
    }
}
