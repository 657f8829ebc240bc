using System.Text.Json;
using HpoService.Search.Pruning;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Pruning;

/// <summary>What every pruner promises. A new kind needs a subclass; <see cref="PrunerRegistryTests"/> fails without one.</summary>
public abstract class PrunerConformance(string kind, string? options = null)
{
    public string Kind { get; } = kind;

    public static TheoryData<Direction> Directions => [Direction.Minimize, Direction.Maximize];

    private IPruner Pruner => PrunerRegistry.Create(new PrunerSettings(Kind, options is null ? null : JsonDocument.Parse(options).RootElement), seed: 3);

    [Theory, MemberData(nameof(Directions))]
    public void The_best_trial_goes_on(Direction direction)
    {
        var history = Curves.Study(direction, 20, quality => quality);
        for (var step = 0; step < 10; step++)
            Assert.False(Pruner.Decide(history, 99, Curves.At(direction, step, 100)).ShouldStop);
    }

    [Theory, MemberData(nameof(Directions))]
    public void Minimizing_is_maximizing_the_negative(Direction direction)
    {
        foreach (var quality in new[] { -1e6, 3, 9.5, 18.5 })
        {
            var stops = Pruner.Decide(Curves.Study(direction, 20, q => q), 99, Curves.At(direction, 5, quality)).ShouldStop;
            Assert.Equal(Pruner.Decide(Curves.Study(Direction.Maximize, 20, q => q), 99, Curves.At(Direction.Maximize, 5, quality)).ShouldStop, stops);
        }
    }

    [Fact]
    public void The_order_in_which_measurements_were_stored_changes_nothing()
    {
        var history = Curves.Study(Direction.Maximize, 20, q => q);
        var shuffled = history with { Trials = [.. history.Trials.Select(t => t with { Measurements = [.. t.Measurements.OrderBy(m => m.Step * 7 % 10)] })] };
        foreach (var step in new long[] { 0, 1, 4, 7, 9 })
            foreach (var quality in new[] { -1e6, 9.5, 18.5 })
                Assert.Equal(Pruner.Decide(history, 99, Curves.At(Direction.Maximize, step, quality)), Pruner.Decide(shuffled, 99, Curves.At(Direction.Maximize, step, quality)));
    }

    [Fact]
    public void What_failed_infeasible_and_canceled_trials_reported_is_no_bar()
    {
        foreach (var state in new[] { TrialState.Failed, TrialState.Infeasible, TrialState.Canceled })
        {
            var history = Curves.Study(Direction.Maximize, 20, q => q);
            history = history with { Trials = [.. history.Trials.Select(t => t with { State = state })] };
            Assert.False(Pruner.Decide(history, 99, Curves.At(Direction.Maximize, 5, 0)).ShouldStop);
        }
    }

    [Theory, MemberData(nameof(Directions))]
    public void The_first_trial_of_a_study_goes_on(Direction direction) =>
        Assert.False(Pruner.Decide(Curves.Study(direction, 0, q => q), 0, Curves.At(direction, 5, -100)).ShouldStop);

    [Theory, MemberData(nameof(Directions))]
    public void A_stop_has_a_reason_and_the_answer_is_repeatable(Direction direction)
    {
        var history = Curves.Study(direction, 20, quality => quality);
        foreach (var quality in new[] { -100.0, 3, 9.5, 100, double.NaN, double.PositiveInfinity })
        {
            var decision = Pruner.Decide(history, 99, Curves.At(direction, 5, quality));
            Assert.Equal(decision, Pruner.Decide(history, 99, Curves.At(direction, 5, quality)));
            Assert.Equal(decision.ShouldStop, decision.Reason is not null);
        }
    }

    [Fact]
    public void Odd_histories_do_not_throw()
    {
        foreach (var history in new[] { Curves.Study(Direction.Minimize, 20, _ => double.NaN), Curves.Study(Direction.Minimize, 20, _ => 1e300), Curves.Study(Direction.Minimize, 3, q => q) })
        {
            Pruner.Decide(history, 99, Curves.At(Direction.Minimize, 0, 1));
            Pruner.Decide(history, 99, new Measurement(3, new Dictionary<string, double>()));
            Pruner.Decide(history, 99, new Measurement(long.MaxValue, new Dictionary<string, double> { ["other"] = 1 }));
        }
    }

    [Fact]
    public void An_unknown_option_is_refused_by_its_pointer()
    {
        using var json = JsonDocument.Parse("""{"bogus": 1}""");
        var error = Assert.Throws<InvalidStudyException>(() => PrunerRegistry.Create(new PrunerSettings(Kind, json.RootElement), seed: 3));
        Assert.Equal("/pruner/options/bogus", Assert.Single(error.Violations).Pointer);
    }
}

/// <summary>Studies whose trials report a constant curve each.</summary>
internal static class Curves
{
    /// <summary>Completed trials with qualities 0 … n − 1, each reporting at steps 0 to 9; larger quality is better.</summary>
    public static StudyHistory Study(Direction direction, int trials, Func<double, double> quality) => new(
        new SearchSpace([new FloatParameter("x", 0, 1)]),
        [new Objective("m", direction)],
        [.. Enumerable.Range(0, trials).Select(i => new TrialSnapshot(
            i, TrialState.Completed, new([new("x", i / 100.0)]), At(direction, 0, quality(i)).Values,
            [.. Enumerable.Range(0, 10).Select(step => At(direction, step, quality(i)))]))]);

    public static Measurement At(Direction direction, long step, double quality) =>
        new(step, new Dictionary<string, double> { ["m"] = direction == Direction.Maximize ? quality : -quality });
}

public sealed class NoneConformance() : PrunerConformance("none");

public sealed class MedianConformance() : PrunerConformance("median");

public sealed class PercentileConformance() : PrunerConformance("percentile");

public sealed class SuccessiveHalvingConformance() : PrunerConformance("successiveHalving", """{"minResource": 1}""");

public sealed class HyperbandConformance() : PrunerConformance("hyperband", """{"minResource": 1, "maxResource": 9}""");

public sealed class ThresholdConformance() : PrunerConformance("threshold", """{"lower": -2000000, "upper": 2000000}""");

public sealed class PatientConformance() : PrunerConformance("patient");

public sealed class PatientMedianConformance() : PrunerConformance("patient", """{"patience": 1, "pruner": {"kind": "median"}}""");

public sealed class WilcoxonConformance() : PrunerConformance("wilcoxon");
