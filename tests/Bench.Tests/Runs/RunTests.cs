using HpoService.Bench.Problems;
using HpoService.Bench.Runs;
using HpoService.Bench.Tests.Problems;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Tests.Runs;

public sealed class RunTests
{
    /// <summary>Ends trials as told, whatever their point; the truth is the observed value plus 1000.</summary>
    private sealed class Script(params Outcome[] outcomes) : Problem("script", new SearchSpace([new FloatParameter("x", 0, 1)]))
    {
        private readonly Dictionary<ParameterValues, double> _values = [];

        public override Outcome Try(ParameterValues point, long seed, int number)
        {
            _values[point] = outcomes[number].Value;
            return outcomes[number];
        }

        public override double Truth(ParameterValues point) => 1000 + _values[point];
    }

    [Fact]
    public void Best_is_the_true_value_of_the_best_observed_trial()
    {
        var best = Run.Best(new Script(Outcome.Infeasible, Outcome.Completed(5), Outcome.Completed(7), Outcome.Failed, Outcome.Completed(3)), "random", 1, 5);
        Assert.Equal([double.NaN, 1005, 1005, 1005, 1003], best);
    }

    [Fact]
    public void Of_equal_observations_the_earlier_is_the_incumbent_so_the_truth_of_a_table_may_get_worse_only_by_a_better_observation()
    {
        // Row 0 is seen as 8 but means 4; all the others are seen as 8 or less.
        var root = Tables.Write(8, 0, 8, 8, 5, 5, 6, 6, 7, 7, 1, 1);
        var table = TableFolder.Read(root)[0];
        var sampler = SamplerRegistry.Create(new SamplerSettings("random", 4), table.Space, [table.Objective]);
        var trials = new List<TrialSnapshot>();
        var (observed, expected) = (double.NegativeInfinity, new List<double>());
        foreach (var number in Enumerable.Range(0, 6))
        {
            var point = sampler.Suggest(new StudyHistory(table.Space, [table.Objective], [.. trials]), 1, CancellationToken.None)[0].Parameters;
            trials.Add(new TrialSnapshot(number, TrialState.Completed, point, new Dictionary<string, double>(), []));
            var value = table.Try(point, 4, number).Value;
            expected.Add(value > observed ? table.Truth(point) : expected[^1]);
            observed = Math.Max(observed, value);
        }

        Assert.Equal(expected, Run.Best(table, "random", 4, 6));
    }

    [Fact]
    public void An_exhausted_space_keeps_its_incumbent() =>
        Assert.Equal(9, Run.Best(TableFolder.Read(Tables.Write(1, 1, 2, 2, 3, 3, 9, 9, 4, 4, 5, 5))[0], "random", 1, 10)[^1]);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_same_seed_gives_the_same_search(int parallel)
    {
        var branin = SyntheticFunctions.All[0];
        Assert.Equal(Run.Best(branin, "gp", 5, 15, parallel), Run.Best(branin, "gp", 5, 15, parallel));
        Assert.NotEqual(Run.Best(branin, "gp", 5, 15, parallel), Run.Best(branin, "gp", 6, 15, parallel));
    }
}
