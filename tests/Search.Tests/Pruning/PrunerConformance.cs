using System.Text.Json;
using HpoService.Search.Pruning;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Pruning;

/// <summary>What every pruner promises. A new kind needs a subclass; <see cref="PrunerRegistryTests"/> fails without one.</summary>
public abstract class PrunerConformance(string kind)
{
    public string Kind { get; } = kind;

    public static TheoryData<Direction> Directions => [Direction.Minimize, Direction.Maximize];

    private IPruner Pruner => PrunerRegistry.Create(new PrunerSettings(Kind));

    [Theory, MemberData(nameof(Directions))]
    public void The_best_trial_goes_on(Direction direction)
    {
        var history = Curves.Study(direction, 20, quality => quality);
        for (var step = 0; step < 10; step++)
            Assert.False(Pruner.Decide(history, 99, Curves.At(direction, step, 100)).ShouldStop);
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
        var error = Assert.Throws<InvalidStudyException>(() => PrunerRegistry.Create(new PrunerSettings(Kind, json.RootElement)));
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
