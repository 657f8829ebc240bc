using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class InitialDesignTests
{
    private static readonly SearchSpace Box = Cube(10);
    private static readonly double[] Centre = [.. Enumerable.Repeat(0.5, 10)];

    private static SearchSpace Cube(int dimensions, params Parameter[] others) =>
        new([.. Enumerable.Range(0, dimensions).Select(j => new FloatParameter($"x{j}", 0, 1)), .. others]);

    private static double[]? Step(StudyHistory history, int index) =>
        new InitialDesign(new UnitCube(history.Space), KnownTrials.Of(history), seed: 3).Step(index, new Visited(history), new RandomStream(3, index));

    private static StudyHistory Known(SearchSpace space, params (double[] U, double Loss)[] trials) =>
        trials.Aggregate(Histories.Empty(space), (history, t) => history.Completed(new UnitCube(space).Decode(t.U), t.Loss));

    [Fact]
    public void Each_step_moves_another_coordinate_of_the_best_trial_by_a_fifth_of_its_range()
    {
        double[] best = [0.5, 0.1, 0.9, 0.3, 0.6, 0.2, 0.4, 0.8, 0.7, 0.5];
        var history = Known(Box, (Centre, 2), (best, 1));
        var moved = new List<int>();
        for (var index = 1; index <= 10; index++)
        {
            var step = Step(history, index)!;
            var j = Assert.Single(Enumerable.Range(0, 10), k => Math.Abs(step[k] - best[k]) > 1e-9);
            Assert.Equal(0.2, Math.Abs(step[j] - best[j]), 9);
            Assert.InRange(step[j], 0, 1);
            moved.Add(j);
        }

        Assert.Equal(Enumerable.Range(0, 10), moved.Order());
    }

    [Fact]
    public void Of_infeasible_trials_it_takes_none()
    {
        var history = Known(Box, (Centre, 1), ([.. Enumerable.Repeat(0.1, 10)], double.NaN));
        Assert.Equal(9, Step(history, 2)!.Zip(Centre).Count(p => Math.Abs(p.First - p.Second) < 1e-9));
    }

    [Fact]
    public void While_none_has_finished_the_steps_are_from_the_centre()
    {
        var history = Histories.Empty(Box).With(new UnitCube(Box).Decode(Centre), TrialState.Running);
        Assert.Equal(10, Enumerable.Range(1, 10).Select(index => Assert.Single(Enumerable.Range(0, 10), k => Step(history, index)![k] != 0.5)).Distinct().Count());
    }

    [Fact]
    public void A_step_that_was_taken_goes_the_other_way_then_half_as_far_until_none_is_left()
    {
        var history = Known(Cube(2), ([0.5, 0.5], 1));
        var moves = new List<double>();
        while (Step(history, 1) is { } step)
        {
            moves.Add(step.Sum() - 1);
            history = history.Completed(new UnitCube(history.Space).Decode(step), 2);
        }

        Assert.Equal([0.2, 0.2, 0.1, 0.1], moves.Select(m => Math.Round(Math.Abs(m), 9)));
        Assert.Equal([0, 0], new[] { moves[0] + moves[1], moves[2] + moves[3] }.Select(m => Math.Round(m, 9)));
    }

    [Theory, InlineData(0, 1), InlineData(-3, 7), InlineData(0.1, 100)]
    public void No_step_leads_back_to_where_the_best_trial_came_from(double low, double high)
    {
        // One of the two signs does, and rounding makes it another point.
        var space = new SearchSpace([.. Enumerable.Range(0, 2).Select(j => new FloatParameter($"x{j}", low, high, low > 0 ? Scale.Log : Scale.Linear))]);
        foreach (var best in new double[][] { [0.7, 0.5], [0.3, 0.5], [0.5, 0.7], [0.5, 0.3] })
            for (var index = 1; index <= 3; index++)
            {
                var step = Step(Known(space, ([0.5, 0.5], 2), (best, 1)), index)!;
                Assert.InRange(step.Max(u => Math.Abs(u - 0.5)), 0.1, 0.5);
                Assert.Equal(0.2, step.Zip(best).Sum(t => Math.Abs(t.First - t.Second)), 9);
            }
    }

    [Fact]
    public void Beyond_a_side_there_is_no_other_way()
    {
        var history = Known(Cube(2), ([0.05, 0.05], 1));
        history = history.Completed(new UnitCube(history.Space).Decode(Step(history, 1)!), 2);
        Assert.Equal(0.2, Step(history, 1)!.Sum(), 9);
    }

    [Theory, InlineData("x0 + x1 > 0.95 and x0 + x1 < 1.25", 1.1), InlineData("x0 + x1 > 0.75 and x0 + x1 < 1.05", 0.9)]
    public void No_other_way_goes_where_the_constraints_refuse_it(string constraint, double sum)
    {
        var history = Known(Cube(2).Constrained([constraint]), ([0.5, 0.5], 1), ([0.7, 0.5], 2), ([0.5, 0.7], 2), ([0.3, 0.5], 2), ([0.5, 0.3], 2));
        Assert.Equal(sum, Step(history, 1)!.Sum(), 9);
    }

    [Fact]
    public void There_is_no_step_while_all_that_finished_is_infeasible_nor_after_every_coordinate()
    {
        var history = Known(Box, (Centre, 1));
        Assert.NotNull(Step(history, 11));
        Assert.Null(Step(history, 12));
        Assert.Null(Step(history, 0));
        Assert.Null(Step(Known(Box, (Centre, double.NaN)), 1));
    }

    [Fact]
    public void There_is_no_step_of_one_parameter_nor_where_choices_few_values_conditions_or_several_objectives_are()
    {
        static double[]? First(SearchSpace space) => Step(Known(space, ([.. space.Parameters.Select(_ => 0.5)], 1)), 1);

        Assert.NotNull(First(Cube(1, new IntParameter("n", 1, 25))));
        Assert.Null(First(Cube(1)));
        Assert.Null(First(Cube(2, new IntParameter("n", 1, 24))));
        Assert.Null(First(Cube(2, new CategoricalParameter("c", ["a", "b"]))));
        Assert.Null(First(Cube(2, new IntParameter("n", 1, 25), new FloatParameter("y", 0, 1, when: new("n", atLeast: 3, atMost: null)))));

        var one = Known(Box, (Centre, 1));
        Assert.Null(Step(one with
        {
            Objectives = [Histories.Minimize, new Objective("size", Direction.Minimize)],
            Trials = [one.Trials[0] with { Values = new Dictionary<string, double> { ["loss"] = 1, ["size"] = 1 } }],
        }, 1));
    }
}
