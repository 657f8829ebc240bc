using HpoService.Bench.Problems;
using HpoService.Bench.Runs;
using HpoService.Bench.Statistics;
using HpoService.Bench.Tests.Problems;

namespace HpoService.Bench.Tests.Statistics;

public sealed class ComparisonTests
{
    private static readonly IReadOnlyList<Problem> Two = new Catalog(null).Select(["branin", "levy6"]);

    private static IEnumerable<RunLine> Lines(string task, string sampler, params double[] finals) =>
        finals.Select((value, seed) => RunLine.Of(task, sampler, seed, [100, value]));

    [Fact]
    public void Mean_ranks_are_over_medians_with_ties_shared()
    {
        var comparison = new Comparison([
            .. Lines("branin", "a", 1, 2, 9), .. Lines("branin", "b", 2, 2, 2), .. Lines("branin", "c", 3, 3, 3),
            .. Lines("levy6", "a", 5), .. Lines("levy6", "b", 7), .. Lines("levy6", "c", 1)]);
        Assert.Equal([1.75, 2.25, 2], comparison.MeanRanks(Two, ["a", "b", "c"], 2));
        Assert.Equal([2, 2, 2], comparison.MeanRanks(Two, ["a", "b", "c"], 1));
    }

    [Fact]
    public void Wins_need_significance()
    {
        var comparison = new Comparison([
            .. Lines("branin", "a", 1, 2, 3, 4, 5), .. Lines("branin", "b", 6, 7, 8), .. Lines("branin", "c", 0, 3, 8, 9),
            .. Lines("levy6", "a", 5, 5, 5, 5), .. Lines("levy6", "b", 4, 4, 4, 4)]);
        Assert.Equal(new Tally(1, 0, 1), comparison.Against(Two, "a", "b", 2));
        Assert.Equal(new Tally(1, 0, 1), comparison.Against(Two, "b", "a", 2));
        Assert.Equal(new Tally(0, 1, 0), comparison.Against(Two, "a", "c", 2));
    }

    [Fact]
    public void Larger_is_better_where_the_table_says_so()
    {
        var table = new Catalog(Tables.Write(new float[12])).Select(["tables"]);
        var comparison = new Comparison([.. Lines(Tables.Name, "a", 9, 9, 9, 9, 9), .. Lines(Tables.Name, "b", 8, 8, 8)]);
        Assert.Equal([1.0, 2.0], comparison.MeanRanks(table, ["a", "b"], 2));
        Assert.Equal(1, comparison.Verdict(table[0], "a", "b", 2));
    }

    [Fact]
    public void A_search_that_was_too_short_does_not_count()
    {
        var comparison = new Comparison([.. Lines("branin", "a", 1), RunLine.Of("branin", "b", 0, [1])]);
        Assert.Equal(["a"], comparison.Complete(["a", "b"], [Two[0]], 2));
        Assert.Null(comparison.Verdict(Two[0], "a", "b", 2));
    }
}
