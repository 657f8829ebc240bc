using HpoService.Bench.Problems;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Tests.Problems;

public sealed class TableTests
{
    private static readonly float[] Cells = [1, 2, 3, 4, 5, float.NaN, 6, 7, float.NaN, float.NaN, 0, 0];

    private static ParameterValues Point(double rate, string kind) =>
        new([KeyValuePair.Create("rate", (ParameterValue)rate), KeyValuePair.Create("kind", (ParameterValue)kind)]);

    private static TableProblem Read() => Assert.Single(TableFolder.Read(Tables.Write(Cells)));

    [Fact]
    public void A_row_is_the_mixed_radix_number_of_the_indices_and_counts_the_mean_of_what_is_there()
    {
        var table = Read();
        Assert.Equal((Tables.Name, Direction.Maximize), (table.Name, table.Objective.Direction));
        Assert.IsType<OrdinalParameter>(table.Space.Parameters[0]);
        Assert.IsType<CategoricalParameter>(table.Space.Parameters[1]);
        Assert.Equal([1.5, 3.5, 5, 6.5], [table.Truth(Point(0.1, "a")), table.Truth(Point(0.1, "b")), table.Truth(Point(1, "a")), table.Truth(Point(1, "b"))]);
    }

    [Fact]
    public void A_trial_observes_one_of_the_cells_there_are_and_the_same_one_again()
    {
        var table = Read();
        var seen = Enumerable.Range(0, 100).Select(number => table.Try(Point(1, "b"), 1, number).Value).ToList();
        Assert.Equal([6.0, 7.0], seen.Distinct().Order());
        // Of 100 fair draws fewer than 30 are one kind once in 40,000 times.
        Assert.InRange(seen.Count(v => v == 6), 30, 70);
        Assert.Equal(seen, Enumerable.Range(0, 100).Select(number => table.Try(Point(1, "b"), 1, number).Value));
        Assert.NotEqual(seen, Enumerable.Range(0, 100).Select(number => table.Try(Point(1, "b"), 2, number).Value));
        Assert.All(Enumerable.Range(0, 20), number => Assert.Equal(5, table.Try(Point(1, "a"), 1, number).Value));
        Assert.Equal(TrialState.Infeasible, table.Try(Point(10, "a"), 1, 0).State);
    }

    [Fact]
    public void Regret_is_0_at_the_best_and_1_at_the_expected_best_of_ten()
    {
        var scale = Read().Scale!;
        Assert.Equal([0, 1, 2], [scale.Regret(6.5), scale.Regret(4.5), scale.Regret(2.5)]);
    }

    [Fact]
    public void A_table_of_another_size_or_none_at_all_is_refused()
    {
        Assert.Contains("but got 3 cells", Assert.Throws<HpoException>(() => TableFolder.Read(Tables.Write(1, 2, 3))).Message);
        Assert.Throws<HpoException>(() => TableFolder.Read("/nowhere"));
    }

    [Fact]
    public void Tables_without_data_are_refused_and_so_is_an_unknown_task()
    {
        Assert.Contains("--data", Assert.Throws<HpoException>(() => new Catalog(null).Select(["tables"])).Message);
        Assert.Contains("'nonesuch'", Assert.Throws<HpoException>(() => new Catalog(null).Select(["branin", "nonesuch"])).Message);
        Assert.Equal([Tables.Name], new Catalog(Tables.Write(Cells)).Select(["tables"]).Select(p => p.Name));
    }
}
