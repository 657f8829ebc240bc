using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Sampling;

/// <summary>What every sampler promises. A new kind needs a subclass; <see cref="SamplerRegistryTests"/> fails without one.</summary>
public abstract class SamplerConformance(string kind)
{
    public string Kind { get; } = kind;

    public static TheoryData<string> Names => TestSpaces.Names;

    public static TheoryData<string> Finite => ["one boolean", "single values", "finite conditional", "finite constrained"];

    /// <summary>The largest number of trials that a test runs one after another.</summary>
    protected virtual int Trials => 16;

    /// <summary>Whether the choice may depend on pending trials beyond avoiding them.</summary>
    protected virtual bool SuggestsInfinitelyManyPoints => true;

    private ISampler Create(SearchSpace space, long seed = 7) => SamplerRegistry.Create(new SamplerSettings(Kind, seed), space, [Histories.Minimize]);

    [Theory, MemberData(nameof(Names))]
    public void Points_lie_in_the_space_and_differ(string name)
    {
        var space = TestSpaces.All[name];
        var sampler = Create(space);
        var history = Histories.Empty(space);
        var seen = new HashSet<ParameterValues>();
        for (var i = 0; i < Trials; i++)
        {
            var suggestions = sampler.Suggest(history, 1, CancellationToken.None);
            if (suggestions.Count == 0)
            {
                Assert.Equal(TestSpaces.Size(name) ?? seen.Count, seen.Count);
                Assert.True(TestSpaces.Size(name) is not null || !SuggestsInfinitelyManyPoints);
                return;
            }

            var point = Assert.Single(suggestions).Parameters;
            Assert.Empty(space.Violations(point));
            Assert.True(seen.Add(point), $"{point} was proposed twice.");
            history = history.Completed(point, Histories.Bowl(space, point));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_same_inputs_give_the_same_outputs(string name)
    {
        var space = TestSpaces.All[name];
        var history = History(space, 13);
        Assert.Equal(Create(space).Suggest(history, 2, CancellationToken.None), Create(space).Suggest(history, 2, CancellationToken.None));
        // A sampler that has answered other questions before answers this one alike.
        var used = Create(space);
        used.Suggest(Histories.Empty(space), 3, CancellationToken.None);
        Assert.Equal(Create(space).Suggest(history, 1, CancellationToken.None), used.Suggest(history, 1, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_sampler_that_is_kept_answers_as_a_new_one(string name)
    {
        var space = TestSpaces.All[name];
        var (kept, history, stream) = (Create(space), Histories.Empty(space), new RandomStream(5, 6));
        TrialState[] next = [TrialState.Completed, TrialState.Completed, TrialState.Completed, TrialState.Pruned, TrialState.Infeasible, TrialState.Failed, TrialState.Canceled];
        for (var i = 0; i < 40; i++)
        {
            var suggestions = kept.Suggest(history, 2, CancellationToken.None);
            Assert.Equal(Create(space).Suggest(history, 2, CancellationToken.None), suggestions);
            // One more is queued, with its values or without, one of the queued ones starts, and one that runs, not always the first, ends.
            if (suggestions.Count > 0)
                history = history.With(i % 5 == 4 ? ParameterValues.Empty : suggestions[0].Parameters, TrialState.Queued);
            Move(TrialState.Queued, t => t with { State = TrialState.Running, Parameters = t.Parameters.Count == 0 && suggestions.Count > 1 ? suggestions[1].Parameters : t.Parameters });
            if (i > 4)
                Move(TrialState.Running, t => Ended(t, next[stream.NextInt(next.Length)]));
        }

        TrialSnapshot Ended(TrialSnapshot t, TrialState state) =>
            t with { State = state, Values = state is TrialState.Completed or TrialState.Pruned ? new Dictionary<string, double> { ["loss"] = Histories.Bowl(space, t.Parameters) } : [] };
        void Move(TrialState from, Func<TrialSnapshot, TrialSnapshot> to)
        {
            var some = history.Trials.Where(t => t.State == from).ToList();
            var chosen = some.Count == 0 ? null : some[stream.NextInt(some.Count)];
            history = history with { Trials = [.. history.Trials.Select(t => ReferenceEquals(t, chosen) ? to(t) : t)] };
        }
    }

    [Theory, MemberData(nameof(Finite))]
    public void A_finite_space_is_visited_completely_then_exhausted(string name)
    {
        var space = TestSpaces.All[name];
        var history = Histories.Empty(space);
        var states = new[] { TrialState.Completed, TrialState.Infeasible, TrialState.Running, TrialState.Queued, TrialState.Pruned };
        var sampler = Create(space);
        for (var i = 0; i < TestSpaces.Size(name); i++)
        {
            var point = Assert.Single(sampler.Suggest(history, 1, CancellationToken.None)).Parameters;
            Assert.DoesNotContain(point, history.Trials.Select(t => t.Parameters));
            var state = states[i % states.Length];
            history = history.With(point, state, state is TrialState.Completed or TrialState.Pruned ? i : null);
        }

        Assert.Empty(sampler.Suggest(history, 5, CancellationToken.None));
    }

    [Theory, MemberData(nameof(Finite))]
    public void A_batch_larger_than_the_rest_of_a_finite_space_is_cut(string name)
    {
        var space = TestSpaces.All[name];
        var points = Create(space).Suggest(Histories.Empty(space), 100, CancellationToken.None).Select(s => s.Parameters).ToList();
        Assert.Equal(TestSpaces.Size(name), points.Distinct().Count());
        Assert.Equal(points.Count, points.Distinct().Count());
    }

    [Fact]
    public void Canceled_points_may_come_again_and_failed_ones_do_not()
    {
        var space = TestSpaces.All["one boolean"];
        var history = Histories.Empty(space).With(new([new("b", true)]), TrialState.Failed).With(new([new("b", false)]), TrialState.Canceled);
        Assert.Equal("{b: false}", Assert.Single(Create(space).Suggest(history, 5, CancellationToken.None)).Parameters.ToString());
    }

    [Theory, MemberData(nameof(Finite))]
    public void A_point_that_is_canceled_after_all_were_visited_comes_again(string name)
    {
        var space = TestSpaces.All[name];
        var (sampler, history) = (Create(space), Histories.Empty(space));
        while (sampler.Suggest(history, 1, CancellationToken.None) is [var next])
            history = history.Completed(next.Parameters, history.NextNumber);
        Assert.Equal(TestSpaces.Size(name), history.NextNumber);
        var freed = history.Trials[0];
        history = history with { Trials = [freed with { State = TrialState.Canceled }, .. history.Trials.Skip(1)] };
        Assert.Equal(freed.Parameters, Assert.Single(sampler.Suggest(history, 5, CancellationToken.None)).Parameters);
    }

    [Fact]
    public void A_rare_continuous_branch_is_found_when_all_else_was_visited()
    {
        var space = TestSpaces.All["rare branch"];
        var history = Histories.Empty(space);
        for (var i = 0; i < 39; i++)
            history = history.Completed(new([new("c", $"c{i}")]), i);
        Assert.Equal("c39", Assert.Single(Create(space).Suggest(history, 1, CancellationToken.None)).Parameters["c"].Text);
    }

    [Fact]
    public void A_batch_has_as_many_different_points_as_asked()
    {
        var space = TestSpaces.All["mixed"];
        foreach (var history in new[] { Histories.Empty(space), History(space, 20) })
            Assert.Equal(9, Create(space).Suggest(history, 9, CancellationToken.None).Select(s => s.Parameters).Distinct().Count());
    }

    [Fact]
    public void Every_suggestion_says_who_made_it() =>
        Assert.All(Create(TestSpaces.All["mixed"]).Suggest(History(TestSpaces.All["mixed"], 20), 2, CancellationToken.None), s => Assert.NotEmpty(s.SuggestedBy));

    [Fact]
    public void A_canceled_token_cancels()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Create(TestSpaces.All["mixed"]).Suggest(History(TestSpaces.All["mixed"], 20), 1, source.Token));
    }

    [Fact]
    public void An_unknown_option_is_refused_by_its_pointer()
    {
        using var json = System.Text.Json.JsonDocument.Parse("""{"bogus": 1}""");
        var error = Assert.Throws<InvalidStudyException>(() =>
            SamplerRegistry.Create(new SamplerSettings(Kind, 1, json.RootElement), TestSpaces.All["mixed"], [Histories.Minimize]));
        Assert.Equal("/sampler/options/bogus", Assert.Single(error.Violations).Pointer);
    }

    public static TheoryData<string> Oddities =>
        ["all infeasible", "one score", "flat", "huge", "tiny", "outliers", "not finite", "duplicates", "partial queued", "extreme", "other space", "no value", "pruned"];

    [Theory, MemberData(nameof(Oddities))]
    public void An_odd_history_neither_throws_nor_stops_the_search(string oddity)
    {
        foreach (var space in new[] { TestSpaces.All["conditional"], TestSpaces.All["one float"] })
        {
            var history = Odd(History(space, 14), oddity);
            var point = Assert.Single(Create(space).Suggest(history, 1, CancellationToken.None)).Parameters;
            Assert.Empty(space.Violations(point));
            Assert.DoesNotContain(point, history.Trials.Select(t => t.Parameters));
        }
    }

    protected static StudyHistory History(SearchSpace space, int trials)
    {
        var cube = new UnitCube(space);
        var history = Histories.Empty(space);
        var stream = new RandomStream(11, 12);
        for (var i = 0; i < trials; i++)
        {
            var point = cube.Decode([.. Enumerable.Range(0, cube.Dimensions).Select(_ => stream.NextDouble())]);
            history = i % 6 == 5 ? history.With(point, TrialState.Running) : history.Completed(point, Histories.Bowl(space, point));
        }

        return history;
    }

    private static StudyHistory Odd(StudyHistory history, string oddity)
    {
        var metric = history.Objectives[0].Metric;
        TrialSnapshot Set(TrialSnapshot t, double value) => t with { Values = new Dictionary<string, double> { [metric] = value } };
        TrialSnapshot Change(TrialSnapshot t) => oddity switch
        {
            "all infeasible" => t with { State = TrialState.Infeasible, Values = new Dictionary<string, double>() },
            "one score" when t.Number > 0 => t with { State = TrialState.Infeasible, Values = new Dictionary<string, double>() },
            "partial queued" when t.State == TrialState.Running => t with { State = TrialState.Queued, Parameters = ParameterValues.Empty },
            "duplicates" => t with { Parameters = history.Trials[0].Parameters },
            "other space" => t with { Parameters = new ParameterValues([new("elsewhere", 1)]) },
            "no value" => t with { Values = new Dictionary<string, double>() },
            "pruned" when t.State == TrialState.Completed && t.Number % 2 == 0 => t with { State = TrialState.Pruned },
            _ when t.State != TrialState.Completed => t,
            "flat" => Set(t, 3.25),
            "huge" => Set(t, t.Values[metric] * 1e9),
            "tiny" => Set(t, t.Values[metric] * 1e-9),
            "outliers" when t.Number % 3 == 0 => Set(t, 1e12),
            "not finite" when t.Number % 3 == 0 => Set(t, t.Number % 2 == 0 ? double.NaN : double.PositiveInfinity),
            "extreme" => Set(t, t.Number % 2 == 0 ? double.MaxValue : -double.MaxValue),
            _ => t,
        };
        return history with { Trials = [.. history.Trials.Select(Change)] };
    }
}
