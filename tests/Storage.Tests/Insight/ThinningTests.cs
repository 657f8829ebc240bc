using HpoService.Storage.Insight;

namespace HpoService.Storage.Tests.Insight;

public sealed class ThinningTests
{
    private static readonly int[] Thousand = [.. Enumerable.Range(0, 1000)];

    [Theory]
    [InlineData(4)]
    [InlineData(50)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void None_gives_more_than_asked_for_or_one_twice(int points)
    {
        var values = Array.ConvertAll(Thousand, n => Math.Sin(n * 0.37) * n);
        foreach (var chosen in new[] { Thinning.Envelope(Thousand, values, points), Thinning.ByRank(Thousand, points), [.. Thinning.Evenly(Thousand, points)] })
        {
            Assert.InRange(chosen.Length, Math.Min(points, 1000) * 0.7, points);
            Assert.Equal(chosen.Distinct().Order(), chosen);
        }
    }

    [Fact]
    public void The_envelope_keeps_the_extremes_of_every_stretch()
    {
        var values = Array.ConvertAll(Thousand, n => (double)(n * 7919 % 1009));
        var chosen = Thinning.Envelope(Thousand, values, 30);
        foreach (var stretch in Thousand.Chunk(100))
        {
            Assert.Contains(stretch.MaxBy(n => values[n]), chosen);
            Assert.Contains(stretch.MinBy(n => values[n]), chosen);
        }
    }

    [Fact]
    public void Ranks_are_kept_from_the_best_to_the_worst()
    {
        int[] ranked = [.. Thousand.Reverse()];
        var chosen = Thinning.ByRank(ranked, 40);
        Assert.Equal(ranked[..10].Order(), chosen[^10..]);
        Assert.Contains(0, chosen);
        Assert.All(chosen.Zip(chosen.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 40)); // no gap among the others
    }

    [Fact]
    public void Even_ones_hold_the_first_and_the_last()
    {
        var chosen = Thinning.Evenly(Thousand, 7);
        Assert.Equal([0, 166, 333, 499, 666, 832, 999], chosen);
    }
}
