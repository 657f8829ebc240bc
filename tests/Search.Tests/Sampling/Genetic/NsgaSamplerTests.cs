using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Sampling.Genetic;

/// <summary>Seeds are fixed: these either always pass or always fail on one machine.</summary>
public sealed class NsgaSamplerTests
{
    private static readonly Objective[] Two = [new("a", Direction.Minimize), new("b", Direction.Maximize)];

    [Fact]
    public void It_comes_nearer_to_the_front_of_zdt1_than_random_search()
    {
        // On the front the mean of all parameters but the first is 0; at random it is ½.
        var space = new SearchSpace([.. Enumerable.Range(0, 8).Select(i => new FloatParameter($"x{i}", 0, 1))]);
        double Distance(string kind) => Search(kind, space, 200, p =>
        {
            var g = 1 + 9 * Enumerable.Range(1, 7).Average(i => p[$"x{i}"].Number);
            return (p["x0"].Number, -g * (1 - Math.Sqrt(p["x0"].Number / g)));
        }).TakeLast(50).Average(t => Enumerable.Range(1, 7).Average(i => t.Parameters[$"x{i}"].Number));
        Assert.True(Distance("nsga2") < 0.4);
        Assert.InRange(Distance("random"), 0.45, 0.55);
    }

    [Fact]
    public void The_whole_front_is_kept()
    {
        var trials = Search("nsga2", new SearchSpace([new FloatParameter("x", 0, 1)]), 150, p => (p["x"].Number * p["x"].Number, -Math.Pow(p["x"].Number - 0.5, 2)));
        var late = trials.Skip(60).Select(t => t.Parameters["x"].Number).ToList();
        Assert.True(late.Count(x => x <= 0.5) > 70);
        for (var part = 0; part < 5; part++)
            Assert.Contains(late, x => x >= part * 0.1 && x < (part + 1) * 0.1);
    }

    [Fact]
    public void Infeasible_trials_have_no_children()
    {
        // Where x > ½ nothing is feasible, though the objectives would be better there.
        var space = new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);
        var trials = Search("nsga2", space, 120, p => (-p["x"].Number, p["y"].Number), p => p["x"].Number > 0.5);
        Assert.True(trials.TakeLast(60).Count(t => t.State == TrialState.Infeasible) < 25);
    }

    [Fact]
    public void While_nothing_is_feasible_the_parents_are_those_that_break_the_constraints_by_the_least()
    {
        // One point in a hundred is feasible; in units of its bound the memory is what is far too much.
        var space = new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);
        var history = new StudyHistory(space, [Histories.Minimize], []) { Constraints = [new("latency", upperBound: 10), new("memory", upperBound: 0.01)] };
        var sampler = SamplerRegistry.Create(new("nsga2", 2), space, history.Objectives);
        while (history.Trials.Count < 100)
        {
            var point = sampler.Suggest(history, 1, CancellationToken.None)[0].Parameters;
            var (x, y) = (point["x"].Number, point["y"].Number);
            history = history with
            {
                Trials =
                [
                    .. history.Trials,
                    new TrialSnapshot(history.NextNumber, x <= 0.1 && y <= 0.1 ? TrialState.Completed : TrialState.Infeasible, point,
                        new Dictionary<string, double> { ["loss"] = -x - y, ["latency"] = 100 * x, ["memory"] = 0.1 * y }, []),
                ],
            };
        }

        Assert.InRange(history.Trials.Skip(60).Average(t => t.Parameters["x"].Number), 0, 0.25);
        Assert.InRange(history.Trials.Skip(60).Average(t => t.Parameters["y"].Number), 0, 0.25);
        Assert.Contains(history.Trials, t => t.State == TrialState.Completed);
    }

    [Fact]
    public void Branches_that_no_parent_knows_are_still_reached()
    {
        var space = TestSpaces.All["conditional"];
        var trials = Search("nsga2", space, 150, p => (p["layers"].Number, p.Count));
        Assert.All(trials, t => Assert.Empty(space.Violations(t.Parameters)));
        Assert.True(trials.Skip(60).Select(t => string.Join(",", t.Parameters.Keys)).Distinct().Count() > 3);
    }

    [Fact]
    public void Without_crossover_a_child_is_like_one_of_its_parents()
    {
        // Four parents with a choice of their own for everything, and one that nobody has.
        var space = new SearchSpace([.. Enumerable.Range(0, 8).Select(j => new CategoricalParameter($"c{j}", ["0", "1", "2", "3", "4"]))]);
        var parents = Ranked(space, 4, i => [.. Enumerable.Repeat((i + 0.5) / 5, 8)]);
        List<List<string>> Children(double crossover, double mutation) => [.. Suggested(parents, $$"""{"population": 4, "crossoverProbability": {{crossover}}, "mutationProbability": {{mutation}}}""", 100)
            .Select(p => p.Values.Select(v => v.Text).ToList())];
        int Parents(List<string> child) => child.Where(c => c != "4").Distinct().Count();

        Assert.All(Children(crossover: 1, mutation: 0), child => Assert.Equal(2, Parents(child)));
        Assert.All(Children(crossover: 1, mutation: 0), child => Assert.DoesNotContain("4", child));
        // One value in eight mutates, to one of five choices.
        Assert.All(Children(crossover: 0, mutation: 0.125), child => Assert.True(child.GroupBy(c => c).Max(g => g.Count()) >= 5));
        Assert.Equal(0.2, Children(crossover: 0, mutation: 1).Average(child => child.Count(c => c == "4") / 8.0), 0.04);
    }

    [Fact]
    public void A_discrete_value_that_mutates_changes()
    {
        // At an index of 100 a mutation goes a hundredth of the range, and a value has a tenth.
        var space = new SearchSpace([new IntParameter("n", 0, 9), new FloatParameter("x", 0, 1)]);
        var children = Suggested(Ranked(space, 20, i => [0.55, (i + 0.5) / 20]), """{"crossoverProbability": 0, "mutationProbability": 1, "mutationIndex": 100}""", 100);
        Assert.Equal([4.0, 6.0], children.Select(p => p["n"].Number).Distinct().Order());
    }

    [Fact]
    public void Of_two_the_better_is_the_parent()
    {
        // Ranks 0 to 19 by x; the smaller of two is 6.2 on average, one of them 9.5. Mutations of index 100 are as small as a third of a rank.
        var space = new SearchSpace([new FloatParameter("x", 0, 20)]);
        var children = Suggested(Ranked(space, 20, i => [(i + 0.5) / 20]), """{"crossoverProbability": 0, "mutationProbability": 1, "mutationIndex": 100}""", 400);
        Assert.Equal(6.2, children.Average(p => p["x"].Number - 0.5), 1.0);
    }

    // The first is the best.
    private static StudyHistory Ranked(SearchSpace space, int trials, Func<int, double[]> coordinates) => Enumerable.Range(0, trials).Aggregate(
        Histories.Empty(space), (history, i) => history.Completed(new UnitCube(space).Decode(coordinates(i)), i));

    private static List<ParameterValues> Suggested(StudyHistory history, string options, int count) => [.. Enumerable.Range(0, count).Select(seed =>
    {
        using var json = System.Text.Json.JsonDocument.Parse(options);
        var suggestion = SamplerRegistry.Create(new("nsga2", seed, json.RootElement.Clone()), history.Space, history.Objectives).Suggest(history, 1, CancellationToken.None)[0];
        Assert.Equal("nsga2", suggestion.SuggestedBy);
        return suggestion.Parameters;
    })];

    private static List<TrialSnapshot> Search(string kind, SearchSpace space, int trials, Func<ParameterValues, (double A, double B)> values, Func<ParameterValues, bool>? isInfeasible = null)
    {
        var sampler = SamplerRegistry.Create(new(kind, 2), space, Two);
        var history = new StudyHistory(space, Two, []);
        while (history.Trials.Count < trials)
            foreach (var suggestion in sampler.Suggest(history, 2, CancellationToken.None))
            {
                var (a, b) = values(suggestion.Parameters);
                var bad = isInfeasible?.Invoke(suggestion.Parameters) == true;
                history = history with
                {
                    Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, bad ? TrialState.Infeasible : TrialState.Completed, suggestion.Parameters,
                        bad ? new Dictionary<string, double>() : new Dictionary<string, double> { ["a"] = a, ["b"] = b }, [])],
                };
            }

        return [.. history.Trials];
    }
}
