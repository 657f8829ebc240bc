using HpoService.Bench.Statistics;

namespace HpoService.Bench.Tests.Statistics;

public sealed class RanksTests
{
    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks_and_nothing_ranks_last() =>
        Assert.Equal([3, 1.5, 5.5, 1.5, 4, 5.5], Ranks.Of([2, -1, double.NaN, -1, 7, double.NaN]));

    [Fact]
    public void Quantiles_interpolate_as_numpy_does()
    {
        Assert.Equal([1, 1.75, 2.5, 4], [Quantiles.Of([4, 1, 3, 2], 0), Quantiles.Of([4, 1, 3, 2], 0.25), Quantiles.Median([4, 1, 3, 2]), Quantiles.Of([4, 1, 3, 2], 1)]);
        Assert.Equal(2, Quantiles.Median([double.NaN, 2, 1]));
        Assert.Equal(double.NaN, Quantiles.Median([]));
    }
}
