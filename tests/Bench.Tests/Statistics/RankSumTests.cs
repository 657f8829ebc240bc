using HpoService.Bench.Statistics;
using HpoService.Bench.Tests.Golden;

namespace HpoService.Bench.Tests.Statistics;

/// <summary>Golden values: scipy, and enumeration where it has no exact test with ties.</summary>
public sealed class RankSumTests
{
    private sealed record Case(double[] First, double[] Second, double P, bool Exact);

    [Fact]
    public void It_agrees_with_scipy()
    {
        var cases = GoldenFile.Read<Case[]>("rank-sum.json");
        Assert.Contains(cases, c => c.Exact);
        Assert.Contains(cases, c => !c.Exact);
        Assert.All(cases, c =>
        {
            Assert.Equal(c.Exact, c.First.Length + c.Second.Length <= 60);
            Assert.Equal(c.P, RankSum.SmallerP(c.First, c.Second), 1e-10);
        });
    }

    [Fact]
    public void Both_methods_say_nearly_the_same_where_they_meet()
    {
        var ranks = Ranks.Of([.. Enumerable.Range(0, 60).Select(i => (double)(i * 37 % 50))]);
        var sum = ranks.Take(20).Sum() - 80;
        Assert.Equal(RankSum.Exact(ranks, 20, sum), RankSum.Normal(ranks, 20, sum), 0.003);
    }

    [Fact]
    public void Equal_samples_are_no_win_for_either() => Assert.All(new[] { 3, 100 }, n =>
        Assert.Equal(1, RankSum.SmallerP(Enumerable.Repeat(1.0, n).ToList(), Enumerable.Repeat(1.0, n).ToList())));

    [Fact]
    public void A_search_without_a_result_is_worse_than_any() => Assert.True(RankSum.SmallerP([1, 2, 3, 4, 5], [double.NaN, double.NaN, double.NaN]) < 0.05);
}
