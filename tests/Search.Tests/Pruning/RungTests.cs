using HpoService.Search.Numerics;
using HpoService.Search.Pruning;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Pruning;

public sealed class RungTests
{
    private static bool Stops(SuccessiveHalvingOptions options, StudyHistory history, long step, double quality) =>
        new SuccessiveHalvingPruner(options).Decide(history, 99, Curves.At(history.Objectives[0].Direction, step, quality)).ShouldStop;

    [Theory, InlineData(Direction.Minimize), InlineData(Direction.Maximize)]
    public void One_in_so_many_goes_on(Direction direction)
    {
        // With 15 others and itself, 16 / 4 = 4 may go on: those that beat 11, the fourth best of 0 … 14, in the place of it.
        var history = Curves.Study(direction, 15, q => q);
        Assert.False(Stops(new() { MinResource = 1 }, history, 4, 11));
        Assert.True(Stops(new() { MinResource = 1 }, history, 4, 10.9));
        Assert.True(Stops(new() { MinResource = 1, ReductionFactor = 8 }, history, 4, 12.9));
    }

    [Fact]
    public void Nobody_is_judged_below_the_first_rung()
    {
        var history = Curves.Study(Direction.Maximize, 15, q => q);
        Assert.False(Stops(new() { MinResource = 3 }, history, 2, -1));
        Assert.True(Stops(new() { MinResource = 3 }, history, 3, -1));
        Assert.False(Stops(new() { MinResource = 1, MinEarlyStoppingRate = 1 }, history, 3, -1));
        Assert.True(Stops(new() { MinResource = 1, MinEarlyStoppingRate = 1 }, history, 4, -1));
        Assert.False(Stops(new() { MinResource = 1, MinEarlyStoppingRate = 30, ReductionFactor = 100 }, history, long.MaxValue, -1));
    }

    [Fact]
    public void The_first_rung_is_a_hundredth_of_the_longest_completed_trial()
    {
        Assert.True(Stops(new(), Curves.Study(Direction.Maximize, 15, q => q), 1, -1));
        Assert.False(Stops(new(), Long(500), 4, -1));
        Assert.True(Stops(new(), Long(500), 5, -1));
        Assert.False(Stops(new(), Long(500, TrialState.Running), 500, -1));
    }

    [Fact]
    public void Skipped_steps_count_from_the_first_report_after_the_rung()
    {
        // All others report at 0, 7, 14, …: at rung 4 they are compared by what they had at 7.
        var history = Long(63);
        history = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [.. t.Measurements.Where(m => m.Step % 7 == 0)] })] };
        Assert.True(Stops(new() { MinResource = 4 }, history, 5, 10));
        Assert.False(Stops(new() { MinResource = 4 }, history, 5, 14));
    }

    [Fact]
    public void Running_and_pruned_trials_are_peers_too()
    {
        foreach (var state in new[] { TrialState.Running, TrialState.Pruned })
            Assert.True(Stops(new() { MinResource = 1 }, Long(9, state), 4, 3));
    }

    [Fact]
    public void A_trial_that_diverged_stops() => Assert.True(Stops(new() { MinResource = 1 }, Curves.Study(Direction.Minimize, 7, q => q), 2, double.NaN));

    [Fact]
    public void Hyperband_starts_as_many_trials_in_each_bracket_as_it_does_in_the_paper()
    {
        // Table 1 of Li et al. (2018): R = 81, η = 3 starts 81, 34, 15, 8, 5 configurations.
        double[] starts = [81, 34, 15, 8, 5];
        var shares = HyperbandPruner.Shares(1, 81, 3);
        Assert.Equal(starts.Select(s => s / starts.Sum()), shares, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(4, HyperbandPruner.Shares(1, 80, 3).Length);
        Assert.Equal([1.0], HyperbandPruner.Shares(10, 10, 4));
    }

    [Fact]
    public void Hyperband_judges_a_trial_in_its_own_bracket_which_the_seed_decides()
    {
        var history = Curves.Study(Direction.Maximize, 90, q => q);
        var stopped = Enumerable.Range(0, 40).Select(seed => new HyperbandPruner(new() { MinResource = 1, MaxResource = 9, ReductionFactor = 3 }, seed)
            .Decide(history, 99, Curves.At(Direction.Maximize, 1, -1)).ShouldStop).ToList();
        // Nine of 17 trials start in the first of three brackets, and only these are judged at step 1.
        Assert.InRange(stopped.Count(s => s), 12, 30);
        Assert.All(Enumerable.Range(0, 40), seed => Assert.True(new HyperbandPruner(new() { MinResource = 1, MaxResource = 9, ReductionFactor = 3 }, seed)
            .Decide(history, 99, Curves.At(Direction.Maximize, 9, -1)).ShouldStop));
    }

    [Fact]
    public void Hyperband_compares_a_trial_with_those_of_its_own_bracket_alone()
    {
        var pruner = new HyperbandPruner(new() { MinResource = 1, MaxResource = 9, ReductionFactor = 3 }, seed: 5);
        var trials = Curves.Study(Direction.Maximize, 1, q => q).Trials;
        bool Stops(int own, IEnumerable<int> better) => pruner.Decide(
            Curves.Study(Direction.Maximize, 0, q => q) with { Trials = [.. better.Select(number => trials[0] with { Number = number, Measurements = [Curves.At(Direction.Maximize, 1, 1)] })] },
            own, Curves.At(Direction.Maximize, 1, 0)).ShouldStop;
        // Only in the first bracket does one stop at step 1.
        var first = Enumerable.Range(0, 90).ToLookup(number => Stops(number, Enumerable.Range(100, 90)));
        Assert.InRange(first[true].Count(), 30, 65);
        Assert.True(Stops(first[true].First(), first[true].Skip(1)));
        Assert.False(Stops(first[true].First(), first[false]));
    }

    [Fact]
    public void Hyperbands_brackets_do_not_go_with_what_random_search_draws()
    {
        // A sampler of the same seed draws from streams of the same numbers.
        var pruner = new HyperbandPruner(new() { MinResource = 1, MaxResource = 9, ReductionFactor = 3 }, seed: 5);
        var history = Curves.Study(Direction.Maximize, 90, q => q);
        double[] Drawn(bool isFirst) => [.. Enumerable.Range(100, 600)
            .Where(number => pruner.Decide(history, number, Curves.At(Direction.Maximize, 1, -1)).ShouldStop == isFirst).Select(number => new RandomStream(5, number).NextDouble())];
        Assert.Equal(0.5, Drawn(true).Average(), 0.06);
        Assert.Equal(0.5, Drawn(false).Average(), 0.06);
    }

    private static StudyHistory Long(int last, TrialState state = TrialState.Completed)
    {
        var history = Curves.Study(Direction.Maximize, 15, q => q);
        return history with
        {
            Trials = [.. history.Trials.Select(t => t with { State = state, Measurements = [.. Enumerable.Range(0, last + 1).Select(step => Curves.At(Direction.Maximize, step, t.Number))] })],
        };
    }
}
