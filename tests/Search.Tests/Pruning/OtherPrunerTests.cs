using HpoService.Search.Pruning;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Pruning;

public sealed class OtherPrunerTests
{
    private static StudyHistory WithOwn(StudyHistory history, params double[] qualities) => history with
    {
        Trials = [.. history.Trials, new TrialSnapshot(99, TrialState.Running, new([new("x", 1)]), new Dictionary<string, double>(),
            [.. qualities.Select((q, step) => Curves.At(history.Objectives[0].Direction, step, q))])],
    };

    private static bool Stops(IPruner pruner, StudyHistory history) => pruner.Decide(history, 99, history.Trials[^1].Measurements[^1]).ShouldStop;

    // Of 0 … 6 numpy.percentile gives 4.5 at 75, 5.4 at 90, 1.8 at 30.
    [Theory, InlineData(25, 4.5), InlineData(10, 5.4), InlineData(70, 1.8)]
    public void The_percentile_lies_where_numpy_says(double percentile, double bar)
    {
        var history = Curves.Study(Direction.Minimize, 7, q => q);
        var pruner = new PercentilePruner(new() { Percentile = percentile });
        Assert.False(pruner.Decide(history, 99, Curves.At(Direction.Minimize, 3, bar + 1e-9)).ShouldStop);
        Assert.True(pruner.Decide(history, 99, Curves.At(Direction.Minimize, 3, bar - 1e-9)).ShouldStop);
    }

    [Theory, InlineData(Direction.Minimize), InlineData(Direction.Maximize)]
    public void Others_count_by_what_they_had_at_the_same_step(Direction direction)
    {
        // Trial i rises by 1 + i/10 a step: at step 3 the median of seven is 3.9, in the end 11.7.
        var history = Curves.Study(direction, 7, q => q);
        history = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [.. Enumerable.Range(0, 10).Select(step => Curves.At(direction, step, step * (1 + t.Number / 10.0)))] })] };
        Assert.False(new MedianPruner(new()).Decide(history, 99, Curves.At(direction, 3, 3.95)).ShouldStop);
        Assert.True(new MedianPruner(new()).Decide(history, 99, Curves.At(direction, 3, 3.85)).ShouldStop);
        Assert.False(new PercentilePruner(new() { Percentile = 50 }).Decide(history, 99, Curves.At(direction, 3, 3.95)).ShouldStop);
        Assert.True(new PercentilePruner(new() { Percentile = 50 }).Decide(history, 99, Curves.At(direction, 3, 3.85)).ShouldStop);
    }

    [Fact]
    public void A_trial_that_is_better_in_the_mean_goes_on_whatever_the_test_says()
    {
        // scipy.stats.wilcoxon: p = 25/256 for seven small losses and one large gain, below the level of 0.1.
        var pruner = new WilcoxonPruner(new());
        var history = Curves.Study(Direction.Maximize, 7, q => q);
        Assert.True(SignedRank.PLess([-1, -2, -3, -4, -5, -6, -7, 100]) < 0.1);
        Assert.False(Stops(pruner, WithOwn(history, 5, 4, 3, 2, 1, 0, -1, 106)));
        Assert.True(Stops(pruner, WithOwn(history, 5, 4, 3, 2, 1, 0, -1, 14)));
    }

    [Fact]
    public void Of_two_measurements_of_one_step_the_later_one_counts()
    {
        var history = Curves.Study(Direction.Maximize, 7, _ => 5);
        history = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [Curves.At(Direction.Maximize, 3, 9), Curves.At(Direction.Maximize, 3, 1)] })] };
        Assert.False(new MedianPruner(new()).Decide(history, 99, Curves.At(Direction.Maximize, 3, 2)).ShouldStop);
    }

    [Theory]
    [InlineData(0.5, false), InlineData(1, false), InlineData(1.1, true), InlineData(-0.1, true), InlineData(double.NaN, true), InlineData(double.PositiveInfinity, true)]
    public void A_threshold_bounds_the_metric_itself_whatever_the_direction(double value, bool stops)
    {
        foreach (var direction in new[] { Direction.Minimize, Direction.Maximize })
        {
            var (history, latest) = (Curves.Study(direction, 3, q => q), new Measurement(4, new Dictionary<string, double> { ["m"] = value }));
            Assert.Equal(stops, new ThresholdPruner(new() { Lower = 0, Upper = 1 }).Decide(history, 99, latest).ShouldStop);
            Assert.False(new ThresholdPruner(new() { Lower = 0, Upper = 1, WarmupSteps = 5 }).Decide(history, 99, latest).ShouldStop);
        }
    }

    [Theory, InlineData(Direction.Minimize), InlineData(Direction.Maximize)]
    public void Patience_ends_after_so_many_values_without_an_improvement(Direction direction)
    {
        var history = Curves.Study(direction, 0, q => q);
        var pruner = new PatientPruner(new() { Patience = 2, MinDelta = 0.5 }, inner: null);
        Assert.False(Stops(pruner, WithOwn(history, 1, 1)));
        Assert.True(Stops(pruner, WithOwn(history, 1, 1, 1)));
        Assert.True(Stops(pruner, WithOwn(history, 1, 1.5, 1.2)));
        Assert.False(Stops(pruner, WithOwn(history, 1, 1.6, 1.2)));
        Assert.True(Stops(pruner, WithOwn(history, 1, 1.6, 1.2, 1.2)));
        Assert.True(Stops(pruner, WithOwn(history, 1, double.NaN, double.NaN)));
    }

    [Fact]
    public void A_patient_pruner_asks_the_one_it_wraps_only_when_patience_has_ended()
    {
        var history = Curves.Study(Direction.Maximize, 7, q => q);
        var pruner = new PatientPruner(new() { Patience = 2 }, new MedianPruner(new()));
        Assert.True(Stops(new MedianPruner(new()), WithOwn(history, 0, 1, 2)));
        Assert.False(Stops(pruner, WithOwn(history, 0, 1, 2)));
        Assert.True(Stops(pruner, WithOwn(history, 2, 1, 2)));
        Assert.False(Stops(pruner, WithOwn(history, 4, 4, 4)));
    }

    // scipy.stats.wilcoxon(d, alternative='less'), exact; the last by counting all signs, with ranks shared by ties and zeros.
    [Fact]
    public void P_values_are_exact()
    {
        Assert.Equal(0.0625, SignedRank.PLess([-1, -2, -3, -4]), 1e-12);
        Assert.Equal(0.21875, SignedRank.PLess([-1, 2, -3, 4, -5, -6.5]), 1e-12);
        Assert.Equal(0.0390625, SignedRank.PLess([-0.3, 0.1, -0.7, -0.2, -0.9, 0.4, -1.1, -0.6]), 1e-12);
        Assert.Equal(0.0625, SignedRank.PLess([0, 0, -1, -1, 1, -2, -2, -3]), 1e-12);
        Assert.Equal(1, SignedRank.PLess([0, 0, 0, 0]), 1e-12);
    }

    [Fact]
    public void P_values_of_many_differences_are_those_of_the_normal_approximation()
    {
        // d = [((7 * i * i + 3 * i) % 101 - 54.5) / 10 for i in range(80)]; wilcoxon(d, zero_method='wilcox', alternative='less', mode='approx')
        double[] differences = [.. Enumerable.Range(0, 80).Select(i => ((7 * i * i + 3 * i) % 101 - 54.5) / 10.0)];
        Assert.Equal(Oracle80, SignedRank.PLess(differences), 1e-9);
    }

    [Fact]
    public void As_many_differences_as_a_long_training_has_steps_are_ranked()
    {
        // Half of the ranks, evenly spread, are positive: the sum lies where a coin's does.
        Assert.Equal(0.5, SignedRank.PLess([.. Enumerable.Range(1, 100_000).Select(i => i % 4 is 0 or 1 ? i : -(double)i)]), 0.01);
        Assert.Equal(0, SignedRank.PLess([.. Enumerable.Range(1, 100_000).Select(i => -(double)i)]), 1e-12);
    }

    private const double Oracle80 = 0.04452223121065866;

    [Fact]
    public void Wilcoxon_compares_with_the_best_trial_on_the_steps_that_both_have()
    {
        var history = Curves.Study(Direction.Minimize, 7, q => q);
        var pruner = new WilcoxonPruner(new());
        Assert.False(Stops(pruner, WithOwn(history, 5.9, 5.9, 5.9)));
        Assert.True(Stops(pruner, WithOwn(history, 5.9, 5.9, 5.9, 5.9)));
        Assert.False(Stops(pruner, WithOwn(history, 6, 6, 6, 6)));
        Assert.False(Stops(pruner, WithOwn(history, 5.9, 6.4, 5.9, 5.8)));
        // Instances that the best trial has not seen say nothing.
        var few = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [.. t.Measurements.Where(m => m.Step % 2 == 1)] })] };
        Assert.False(Stops(pruner, WithOwn(few, 0, 0, 0, 0, 0, 0, 0)));
        Assert.True(Stops(pruner, WithOwn(few, 0, 0, 0, 0, 0, 0, 0, 0)));
    }
}
