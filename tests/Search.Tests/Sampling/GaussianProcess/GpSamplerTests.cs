using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class GpSamplerTests
{
    private static readonly SearchSpace Square = new([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);

    private static IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count = 1, string? options = null) => SamplerRegistry
        .Create(new SamplerSettings("gp", 3, options is null ? null : System.Text.Json.JsonDocument.Parse(options).RootElement), history.Space, history.Objectives)
        .Suggest(history, count, CancellationToken.None);

    /// <summary>Random points of a space with values, all completed.</summary>
    private static StudyHistory Known(SearchSpace space, int trials, Func<ParameterValues, double> value, Objective? objective = null)
    {
        var (cube, stream, history) = (new UnitCube(space), new RandomStream(21, 22), Histories.Empty(space, objective));
        for (var i = 0; i < trials; i++)
        {
            var point = cube.Decode([.. Enumerable.Range(0, cube.Dimensions).Select(_ => stream.NextDouble())]);
            history = history.Completed(point, value(point));
        }

        return history;
    }

    private static double Bowl(ParameterValues p) => Math.Pow(p["x"].Number - 0.7, 2) + Math.Pow(p["y"].Number - 0.2, 2);

    [Fact]
    public void Among_choices_it_starts_at_the_centre_then_a_sobol_sequence_then_the_model()
    {
        var history = Histories.Empty(new([.. Square.Parameters, new CategoricalParameter("c", ["red", "green", "blue"])]));
        Assert.Equal("{x: 0.5, y: 0.5, c: green}", Suggest(history)[0].Parameters.ToString());
        var by = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var suggestion = Suggest(history, options: """{"initialTrials": 5}""")[0];
            by.Add(suggestion.SuggestedBy);
            history = history.Completed(suggestion.Parameters, Bowl(suggestion.Parameters));
        }

        Assert.Equal(["gp:sobol", "gp:sobol", "gp:sobol", "gp:sobol", "gp:sobol", "gp", "gp"], by);
    }

    private static StudyHistory WithCost(StudyHistory history) => new(
        history.Space, [.. history.Objectives, new("cost", Direction.Minimize)],
        [.. history.Trials.Select(t => t with { Values = new Dictionary<string, double>(t.Values) { ["cost"] = t.Parameters["x"].Number } })]);

    /// <summary>A clock on which each look takes so many milliseconds.</summary>
    private sealed class LookClock : TimeProvider
    {
        private long _now;

        public long Step { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now += Step;
    }

    [Theory, InlineData(1), InlineData(2)]
    public void A_model_that_takes_all_the_time_is_made_of_fewer_observations_until_there_is_time_for_more(int objectives)
    {
        var history = Known(Square, 150, Bowl);
        if (objectives == 2)
            history = WithCost(history);

        var (clock, options) = (new LookClock { Step = 10 }, new GpOptions { MaxSuggestSeconds = 3 });
        var sampler = new GpSampler(options, 3, clock);
        string By() => sampler.Suggest(history, 1, CancellationToken.None)[0].SuggestedBy;
        var late = 0;
        while (By() != "gp:fewer")
            Assert.InRange(++late, 1, 5);
        Assert.InRange(late, 1, 5);
        clock.Step = 0;
        for (var i = 0; i < 110; i++)
            By();
        var expected = new GpSampler(options, 3, clock).Suggest(history, 1, CancellationToken.None)[0];
        Assert.Equal((expected.Parameters, "gp"), (sampler.Suggest(history, 1, CancellationToken.None)[0] is var again ? again.Parameters : null, again.SuggestedBy));
    }

    [Theory, InlineData(AcquisitionKind.LogExpectedImprovement, 1), InlineData(AcquisitionKind.UpperConfidenceBound, 1)]
    [InlineData(AcquisitionKind.LogExpectedImprovement, 2), InlineData(AcquisitionKind.UpperConfidenceBound, 2)]
    public void Where_pending_trials_take_all_the_time_the_model_is_made_of_fewer_observations(AcquisitionKind acquisition, int objectives)
    {
        var history = Known(Square, 120, Bowl);
        if (objectives == 2)
            history = WithCost(history);
        for (var i = 0; i < 100; i++)
            history = history.With(new([new("x", (i + 0.5) / 100), new("y", 0.1)]), TrialState.Running);
        // Each pending point is worth a look.
        var clock = new LookClock();
        var sampler = new GpSampler(new GpOptions { MaxSuggestSeconds = 0.09, Acquisition = acquisition }, 3, clock);
        string By() => sampler.Suggest(history, 1, CancellationToken.None)[0].SuggestedBy;
        Assert.Equal("gp", By());
        clock.Step = 1;
        Assert.Equal("gp:late", By());
        clock.Step = 0;
        Assert.Equal("gp:fewer", By());
    }

    // What kept the first one waiting, such as the compiler, is soon over.
    [Fact]
    public void One_late_fit_of_few_observations_costs_a_few_suggestions()
    {
        var history = Known(Square, 40, Bowl);
        var (clock, options) = (new LookClock { Step = 1_000_000 }, new GpOptions());
        var sampler = new GpSampler(options, 3, clock);
        Assert.Equal("gp:late", sampler.Suggest(history, 1, CancellationToken.None)[0].SuggestedBy);
        clock.Step = 0;
        string[] by = [.. Enumerable.Range(0, 8).Select(_ => sampler.Suggest(history, 1, CancellationToken.None)[0].SuggestedBy)];
        Assert.Equal("gp:fewer", by[0]);
        Assert.Equal("gp", by[^1]);
    }

    [Theory, InlineData(2, 4), InlineData(5, 7), InlineData(10, 8)]
    public void Among_numbers_it_starts_at_the_centre_then_steps_then_the_model(int dimensions, int initial)
    {
        var history = Histories.Empty(new([.. Enumerable.Range(0, dimensions).Select(j => new FloatParameter($"x{j}", 0, 1))]));
        var by = new List<string>();
        for (var i = 0; i <= initial; i++)
        {
            var suggestion = Suggest(history)[0];
            Assert.Equal(i == 0, suggestion.Parameters.All(p => p.Value.Number == 0.5));
            by.Add(suggestion.SuggestedBy);
            history = history.Completed(suggestion.Parameters, Histories.Bowl(history.Space, suggestion.Parameters));
        }

        Assert.Equal(["gp:sobol", .. Enumerable.Repeat("gp:step", initial - 1), "gp"], by);
    }

    [Fact]
    public void As_long_as_the_centre_is_best_no_step_from_it_comes_twice_nor_a_random_point()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            var history = Histories.Empty(Square);
            for (var i = 0; i < 4; i++)
            {
                var suggestion = SamplerRegistry.Create(new SamplerSettings("gp", seed), Square, history.Objectives).Suggest(history, 1, CancellationToken.None)[0];
                Assert.Equal(i == 0 ? "gp:sobol" : "gp:step", suggestion.SuggestedBy);
                Assert.Equal(i == 0 ? 0 : 1, suggestion.Parameters.Count(p => p.Value.Number != 0.5));
                history = history.Completed(suggestion.Parameters, i);
            }
        }
    }

    [Fact]
    public void A_random_point_in_place_of_a_step_that_the_constraints_refuse_says_so()
    {
        var space = Square.Constrained(["x >= 0.45 and x <= 0.55 and y >= 0.45 and y <= 0.55"]);
        var history = Histories.Empty(space).Completed(new UnitCube(space).Decode([0.5, 0.5]), 1);
        Assert.Equal("gp:random", Suggest(history)[0].SuggestedBy);
    }

    [Fact]
    public void Several_at_the_start_are_the_centre_and_a_step_from_it_along_each_number()
    {
        var batch = Suggest(Histories.Empty(new([.. Enumerable.Range(0, 6).Select(j => new FloatParameter($"x{j}", 0, 1))])), count: 7);
        Assert.Equal(["gp:sobol", .. Enumerable.Repeat("gp:step", 6)], batch.Select(s => s.SuggestedBy));
        Assert.Equal(Enumerable.Range(0, 6).Select(j => $"x{j}"), batch.Skip(1).Select(s => Assert.Single(s.Parameters, p => p.Value.Number != 0.5).Key).Order());
    }

    [Theory, InlineData(1), InlineData(3)]
    public void What_it_remembers_does_not_change_what_it_suggests(int parallel)
    {
        var kept = SamplerRegistry.Create(new SamplerSettings("gp", 3), Square, Histories.Empty(Square).Objectives);
        var history = Histories.Empty(Square);
        for (var i = 0; i < 75; i++)
        {
            if (i >= parallel)
                history = history with { Trials = [.. history.Trials.Select((t, k) => k == i - parallel ? Completed(t) : t)] };
            var suggestion = kept.Suggest(history, 1, CancellationToken.None)[0];
            if (i % 5 == 0)
                Assert.Equal(Suggest(history)[0], suggestion);
            history = history.With(suggestion.Parameters, TrialState.Running);
        }

        static TrialSnapshot Completed(TrialSnapshot t) =>
            t with { State = TrialState.Completed, Values = new Dictionary<string, double> { ["loss"] = Bowl(t.Parameters) + 0.1 * Math.Sin(30 * t.Parameters["x"].Number) } };
    }

    [Fact]
    public void A_trial_that_changes_its_value_changes_the_model()
    {
        var kept = SamplerRegistry.Create(new SamplerSettings("gp", 3), Square, Histories.Empty(Square).Objectives);
        var history = Known(Square, 20, Bowl);
        kept.Suggest(history, 1, CancellationToken.None);
        var other = Known(Square, 20, p => -Bowl(p));
        Assert.Equal(Suggest(other)[0], kept.Suggest(other, 1, CancellationToken.None)[0]);
    }

    [Fact]
    public void Beyond_its_capacity_it_still_finds_the_minimum()
    {
        var history = Known(Square, 150, Bowl);
        var suggestion = Suggest(history, options: """{"maxObservations": 60}""")[0];
        Assert.Equal("gp", suggestion.SuggestedBy);
        Assert.True(Bowl(suggestion.Parameters) < 0.01, suggestion.ToString());
    }

    [Theory]
    [InlineData("""{"acquisition": "upperConfidenceBound"}""")]
    [InlineData("""{"acquisition": "upperConfidenceBound", "confidence": 0.5}""")]
    [InlineData("""{"outputWarping": false}""")]
    [InlineData("""{"noise": false}""")]
    public void Each_option_changes_the_search_and_still_finds_the_minimum(string options)
    {
        // Waves, and walls that only warped scores are free of.
        var history = Known(Square, 40, p => Bowl(p) + 0.02 * Math.Sin(40 * p["x"].Number) + (p["x"].Number < 0.05 ? 10 : 0));
        var suggestion = Suggest(history, options: options)[0];
        Assert.Equal("gp", suggestion.SuggestedBy);
        Assert.NotEqual(Suggest(history)[0].Parameters, suggestion.Parameters);
        for (var i = 0; i < 12; i++)
            history = Suggest(history, options: options)[0].Parameters is var point ? history.Completed(point, Bowl(point)) : history;
        Assert.True(history.Trials.Min(t => t.Values["loss"]) < 0.01);
    }

    [Fact]
    public void When_time_is_up_it_answers_and_says_so()
    {
        var suggestion = Suggest(Known(Square, 400, Bowl), options: """{"maxSuggestSeconds": 0.01}""")[0];
        Assert.Contains(suggestion.SuggestedBy, new[] { "gp:short", "gp:late" });
        Assert.Empty(Square.Violations(suggestion.Parameters));
    }

    [Theory]
    [InlineData(60, 0, false)]
    [InlineData(61, 0, true)]
    [InlineData(62, 0, false)]
    [InlineData(62, 3, false)]
    [InlineData(62, 4, true)]
    [InlineData(62, 15, true)]
    [InlineData(62, 16, false)]
    [InlineData(60, 7, false)]
    [InlineData(61, 7, true)]
    public void The_surroundings_of_the_best_point_have_a_model_of_their_own(int trials, int pending, bool isLocal)
    {
        // A bowl far from the origin of its scale, so that it is flat but for its surroundings.
        var history = Known(Square, trials - pending, p => Math.Log(1e-4 + Bowl(p)));
        for (var i = 0; i < pending; i++)
            history = history.With(new([new("x", (i + 0.5) / 16), new("y", 0.9)]), TrialState.Running);
        Assert.NotEqual(Suggest(history)[0].Parameters.ToString() == Suggest(history, options: """{"trustRegion": false}""")[0].Parameters.ToString(), isLocal);
    }

    [Fact]
    public void Pending_trials_count_as_initial_ones_and_without_any_score_it_falls_back()
    {
        var history = Histories.Empty(Square);
        for (var i = 0; i < 4; i++)
            history = history.With(Suggest(history)[0].Parameters, TrialState.Running);
        Assert.Equal("gp:fallback", Suggest(history)[0].SuggestedBy);
    }

    [Fact]
    public void It_goes_to_the_minimum_of_a_bowl()
    {
        var point = Suggest(Known(Square, 15, Bowl))[0].Parameters;
        Assert.True(Bowl(point) < 0.01, point.ToString());
    }

    [Fact]
    public void Maximising_a_metric_is_minimising_its_negative()
    {
        var minimise = Known(Square, 12, Bowl);
        var maximise = Known(Square, 12, p => -Bowl(p), new Objective("gain", Direction.Maximize));
        Assert.Equal(Suggest(minimise, 2), Suggest(maximise, 2));
    }

    [Theory, InlineData(1 << 30), InlineData(1.0 / (1 << 30))]
    public void The_scale_of_the_objective_does_not_matter(double factor) =>
        Assert.Equal(Suggest(Known(Square, 12, Bowl)), Suggest(Known(Square, 12, p => Bowl(p) * factor)));

    [Fact]
    public void A_batch_spreads_out()
    {
        var cube = new UnitCube(Square);
        var points = Suggest(Known(Square, 12, p => Bowl(p) + 0.05 * Math.Sin(20 * p["x"].Number)), 6).Select(s => cube.Encode(s.Parameters)).ToList();
        for (var i = 0; i < points.Count; i++)
            for (var j = 0; j < i; j++)
                Assert.True(Math.Max(Math.Abs(points[i][0] - points[j][0]), Math.Abs(points[i][1] - points[j][1])) > 0.003, string.Join("; ", points.Select(p => $"{p[0]:F4} {p[1]:F4}")));
    }

    [Fact]
    public void It_stays_away_from_an_infeasible_region()
    {
        // The loss falls towards x = 1, but beyond 0.6 nothing works.
        var history = Histories.Empty(Square);
        for (var i = 0; i < 25; i++)
        {
            var point = Suggest(history)[0].Parameters;
            history = point["x"].Number > 0.6 ? history.With(point, TrialState.Infeasible) : history.Completed(point, 1 - point["x"].Number);
        }

        Assert.InRange(history.Trials.Skip(5).Count(t => t.State == TrialState.Infeasible), 0, 10);
        Assert.True(history.Trials.Where(t => t.State == TrialState.Completed).Min(t => t.Values["loss"]) < 0.45);
    }

    [Fact]
    public void A_pruned_trials_last_value_is_an_observation()
    {
        var known = Known(Square, 15, Bowl);
        var pruned = known with { Trials = [.. known.Trials.Select(t => t with { State = TrialState.Pruned })] };
        Assert.Equal(Suggest(known), Suggest(pruned));
    }

    [Fact]
    public void Failed_and_canceled_trials_are_invisible()
    {
        var known = Known(Square, 12, Bowl);
        var noise = Known(Square, 6, _ => -100).Trials.Select((t, i) => t with { Number = i, State = i % 2 == 0 ? TrialState.Failed : TrialState.Canceled });
        var with = known with { Trials = [.. noise, .. known.Trials.Select(t => t with { Number = t.Number + 6 })] };
        // The numbers differ, so the random streams do; what the model says does not.
        Assert.True(Bowl(Suggest(with)[0].Parameters) < 0.01);
    }

    [Fact]
    public void It_learns_which_category_is_best()
    {
        var space = new SearchSpace([new CategoricalParameter("c", ["a", "b", "c", "d", "e"]), new FloatParameter("x", 0, 1)]);
        var history = Histories.Empty(space);
        for (var i = 0; i < 22; i++)
        {
            var point = Suggest(history)[0].Parameters;
            history = history.Completed(point, Math.Pow(point["x"].Number - 0.3, 2) + (point["c"].Text == "d" ? 0 : 0.5));
        }

        var best = history.Trials.MinBy(t => t.Values["loss"])!.Parameters;
        Assert.Equal("d", best["c"].Text);
        Assert.Equal(0.3, best["x"].Number, 0.02);
    }

    [Fact]
    public void It_searches_inside_the_best_branch_of_a_conditional_space()
    {
        var space = TestSpaces.All["conditional"];
        var history = Histories.Empty(space);
        for (var i = 0; i < 30; i++)
        {
            var point = Suggest(history)[0].Parameters;
            var loss = point["optimizer"].Text == "sgd" ? Math.Pow(point["momentum"].Number - 0.9, 2) : 0.3;
            history = history.Completed(point, loss + 0.1 * (3 - point["layers"].Number));
        }

        var best = history.Trials.MinBy(t => t.Values["loss"])!.Parameters;
        Assert.Equal(3, best["layers"].Number);
        Assert.Equal(0.9, best["momentum"].Number, 0.05);
    }

    [Fact]
    public void More_trials_than_the_model_takes_are_thinned()
    {
        var history = Known(Square, 80, Bowl);
        Assert.True(Bowl(Suggest(history, options: """{"maxObservations": 20}""")[0].Parameters) < 0.02);
    }

    [Fact]
    public void Thousands_of_pending_trials_do_not_stop_it()
    {
        var history = Known(Square, 20, Bowl);
        var pending = Known(Square, 2000, Bowl).Trials.Skip(20).Select(t => t with { State = TrialState.Queued, Values = new Dictionary<string, double>() });
        history = history with { Trials = [.. history.Trials, .. pending] };
        var suggestion = Suggest(history)[0];
        Assert.Equal("gp", suggestion.SuggestedBy);
        Assert.DoesNotContain(suggestion.Parameters, history.Trials.Select(t => t.Parameters));
    }

    [Fact]
    public void A_large_finite_space_is_searched_without_repeats_and_by_the_model()
    {
        var space = new SearchSpace([.. Enumerable.Range(0, 12).Select(i => new CategoricalParameter($"c{i}", ["a", "b", "c"]))]);
        var history = Histories.Empty(space);
        var stream = new RandomStream(1, 1);
        var weights = Enumerable.Range(0, 12).Select(_ => stream.NextDouble()).ToArray();
        double Loss(ParameterValues p) => Enumerable.Range(0, 12).Sum(i => p[$"c{i}"].Text == "b" ? 0 : weights[i]);
        for (var i = 0; i < 45; i++)
        {
            var suggestion = Suggest(history)[0];
            Assert.DoesNotContain(suggestion.Parameters, history.Trials.Select(t => t.Parameters));
            Assert.NotEqual("gp:fallback", suggestion.SuggestedBy);
            history = history.Completed(suggestion.Parameters, Loss(suggestion.Parameters));
        }

        Assert.True(history.Trials.Min(t => t.Values["loss"]) < 0.15 * weights.Sum());
    }
}
