using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling;

public sealed class RankingTests
{
    private static readonly StudyHistory Study = new(new SearchSpace([new FloatParameter("x", 0, 1)]), [Histories.Minimize], []) { Constraints = [new("cost", upperBound: 1)] };

    [Fact]
    public void Whole_trials_come_first_then_pruned_ones_by_how_far_they_came_then_infeasible_ones_by_how_much_they_break()
    {
        FinishedTrial[] trials =
        [
            Trial(0, TrialState.Infeasible, loss: -9, cost: 3), Trial(1, TrialState.Infeasible, loss: 5, cost: 2), Trial(2, TrialState.Pruned, loss: -3, last: 4), Trial(3, TrialState.Pruned, loss: 8, last: 7),
            Trial(4, TrialState.Pruned, loss: -5, last: 4), Trial(5, TrialState.Completed, loss: 20), Trial(6, TrialState.Completed, loss: 10), Trial(7, TrialState.Pruned, loss: -8),
        ];
        Assert.Equal([6, 5, 3, 4, 2, 7, 1, 0], Ranking.Best(trials).Select(t => t.Trial.Number));
        for (var most = 0; most <= 8; most++)
            Assert.Equal(new[] { 6, 5, 3, 4, 2, 7, 1, 0 }[..most], Ranking.Best(trials, most).Select(t => t.Trial.Number));
        Assert.Equal([0, 1, 6, 5, 3, 4, 2, 7], Ranking.BestMeasured(trials).Select(t => t.Trial.Number));
    }

    // last: the step of the last of two reports; without it there are none.
    private static FinishedTrial Trial(int number, TrialState state, double loss, double cost = 0, long? last = null)
    {
        var values = new Dictionary<string, double> { ["loss"] = loss, ["cost"] = cost };
        return new(new TrialSnapshot(number, state, new([new("x", 0.5)]), values, last is { } step ? [new(step - 1, values), new(step, values)] : []), Study);
    }
}
