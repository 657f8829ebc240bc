using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Studies;

public sealed class StateTableTests
{
    private static readonly Dictionary<TrialState, TrialState[]> Trials = new()
    {
        [TrialState.Queued] = [TrialState.Running, TrialState.Canceled],
        [TrialState.Running] =
            [TrialState.Queued, TrialState.Completed, TrialState.Pruned, TrialState.Infeasible, TrialState.Failed, TrialState.Canceled],
    };

    private static readonly Dictionary<StudyState, StudyState[]> Studies = new()
    {
        [StudyState.Active] = [StudyState.Paused, StudyState.Completed, StudyState.Canceled, StudyState.Failed],
        [StudyState.Paused] = [StudyState.Active, StudyState.Completed, StudyState.Canceled, StudyState.Failed],
    };

    [Fact]
    public void A_trial_moves_as_the_table_says_and_no_other_way()
    {
        foreach (var from in Enum.GetValues<TrialState>())
            foreach (var to in Enum.GetValues<TrialState>())
                Assert.True(Trials.GetValueOrDefault(from, []).Contains(to) == StateTable.IsLegal(from, to), $"{from} -> {to}");
    }

    [Fact]
    public void A_study_moves_as_the_table_says_and_no_other_way()
    {
        foreach (var from in Enum.GetValues<StudyState>())
            foreach (var to in Enum.GetValues<StudyState>())
                Assert.True(Studies.GetValueOrDefault(from, []).Contains(to) == StateTable.IsLegal(from, to), $"{from} -> {to}");
    }

    [Fact]
    public void Final_states_are_those_that_nothing_follows()
    {
        Assert.All(Enum.GetValues<TrialState>(), s => Assert.Equal(!Trials.ContainsKey(s), s.IsFinal()));
        Assert.All(Enum.GetValues<StudyState>(), s => Assert.Equal(!Studies.ContainsKey(s), s.IsFinal()));
    }
}
