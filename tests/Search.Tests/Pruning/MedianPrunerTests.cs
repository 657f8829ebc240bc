using HpoService.Search.Pruning;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Pruning;

public sealed class MedianPrunerTests
{
    private static PruneDecision Decide(MedianOptions options, StudyHistory history, long step, double quality) =>
        new MedianPruner(options).Decide(history, 99, Curves.At(history.Objectives[0].Direction, step, quality));

    [Theory, InlineData(Direction.Minimize), InlineData(Direction.Maximize)]
    public void A_trial_below_the_median_stops_and_one_at_or_above_goes_on(Direction direction)
    {
        var history = Curves.Study(direction, 7, q => q);
        Assert.True(Decide(new(), history, 2, 2.9).ShouldStop);
        Assert.False(Decide(new(), history, 2, 3).ShouldStop);
        Assert.False(Decide(new(), history, 2, 3.1).ShouldStop);
    }

    [Fact]
    public void The_reason_names_both_values() => Assert.Equal(
        "The best m by step 2, 1, is worse than the median of 7 completed trials, 3.",
        Decide(new(), Curves.Study(Direction.Maximize, 7, q => q), 2, 1).Reason);

    [Fact]
    public void Nothing_stops_before_the_warmup_or_with_too_few_trials()
    {
        var history = Curves.Study(Direction.Maximize, 7, q => q);
        Assert.False(Decide(new() { WarmupSteps = 3 }, history, 2, -1).ShouldStop);
        Assert.True(Decide(new() { WarmupSteps = 3 }, history, 3, -1).ShouldStop);
        Assert.False(Decide(new() { MinTrials = 8 }, history, 3, -1).ShouldStop);
        Assert.False(Decide(new(), Curves.Study(Direction.Maximize, 4, q => q), 3, -1).ShouldStop);
    }

    [Fact]
    public void A_good_value_reported_earlier_counts()
    {
        var history = Curves.Study(Direction.Maximize, 7, q => q);
        var own = new TrialSnapshot(99, TrialState.Running, new([new("x", 1)]), new Dictionary<string, double>(), [Curves.At(Direction.Maximize, 1, 10)]);
        Assert.False(Decide(new(), history with { Trials = [.. history.Trials, own] }, 2, -1).ShouldStop);
    }

    [Fact]
    public void Later_measurements_of_others_do_not_count()
    {
        var history = Curves.Study(Direction.Maximize, 7, q => q);
        var late = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [.. t.Measurements.Select(m => m with { Step = m.Step + 100 })] })] };
        Assert.False(Decide(new(), late, 50, -1).ShouldStop);
    }

    [Fact]
    public void A_trial_that_diverged_stops() => Assert.True(Decide(new(), Curves.Study(Direction.Minimize, 7, q => q), 2, double.NaN).ShouldStop);

    [Fact]
    public void Bad_options_are_refused()
    {
        Assert.Equal("warmupSteps >= 0 must hold, but got -1.", Assert.Throws<InvalidStudyException>(() => new MedianPruner(new() { WarmupSteps = -1 })).Message);
        Assert.Equal("minTrials >= 1 must hold, but got 0.", Assert.Throws<InvalidStudyException>(() => new MedianPruner(new() { MinTrials = 0 })).Message);
    }
}
