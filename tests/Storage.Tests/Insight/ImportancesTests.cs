using System.Globalization;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Insight;

namespace HpoService.Storage.Tests.Insight;

public sealed class ImportancesTests
{
    [Fact]
    public async Task Nobody_who_looks_at_the_table_waits_for_them_and_they_are_computed_once_and_one_after_the_other()
    {
        var table = Table(20);
        var before = new TaskCompletionSource();
        table.Computing = before.Task;
        var first = ParameterImportances.Of(table, null);
        Assert.Same(first, ParameterImportances.Of(table, "value"));
        Add(table, 20);
        var second = ParameterImportances.Of(table, null);
        Assert.False(first.IsCompleted || second.IsCompleted);
        before.SetResult();
        Assert.Equal((20, 21), ((await first).Trials, (await second).Trials));
        Assert.Same(second, ParameterImportances.Of(table, null));
        Assert.True((await second).Importances[0].Importance > 0.9);
    }

    private static TrialTable Table(int trials)
    {
        var table = new TrialTable(new StudyDefinition(
            "s", new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]), [new Objective("value", Direction.Minimize)],
            new SamplerSettings("random", 1), new PrunerSettings("none"), new Budget(), 2, new Runner()));
        for (var i = 0; i < trials; i++)
            Add(table, i);
        return table;
    }

    // The value is x.
    private static void Add(TrialTable table, int number)
    {
        var (x, y) = (number * 0.618 % 1, number * 0.755 % 1);
        table.Grow(number + 1);
        table.Set(new TrialCells(
            number, TrialState.Completed, string.Create(CultureInfo.InvariantCulture, $$"""{"x":{{x}},"y":{{y}}}"""),
            string.Create(CultureInfo.InvariantCulture, $$"""{"value":{{x}}}"""), null, 0, null));
    }
}
