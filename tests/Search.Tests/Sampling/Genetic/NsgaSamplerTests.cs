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
