using HpoService.Search.Sampling.CovarianceMatrix;
using MathNet.Numerics.Distributions;

namespace HpoService.Search.Tests.Sampling.CovarianceMatrix;

public sealed class MarginTests
{
    [Fact]
    public void Every_neighbour_keeps_a_probability()
    {
        const double Alpha = 0.02;
        foreach (var deviation in new[] { 1e-12, 1e-4, 0.01, 0.05, 0.3 })
            foreach (var place in new[] { 0.01, 0.3, 0.5, 0.99 })
            {
                var (low, high) = (0.4, 0.5);
                var (mean, stretch) = Margin.Correct(low + place * (high - low), deviation, low, high, Alpha);
                Assert.InRange(mean, low, high);
                Assert.True(stretch >= 1 - 1e-12);
                Assert.True(Normal.CDF(0, 1, (low - mean) / (deviation * stretch)) >= Alpha / 2 * 0.999);
                Assert.True(Normal.CDF(0, 1, (mean - high) / (deviation * stretch)) >= Alpha / 2 * 0.999);
            }
    }

    [Fact]
    public void At_an_end_the_mean_stays_near_the_way_out()
    {
        foreach (var deviation in new[] { 1e-9, 0.001, 0.1 })
        {
            var (first, _) = Margin.Correct(0.01, deviation, 0, 0.1, 0.05);
            Assert.True(Normal.CDF(0, 1, (first - 0.1) / deviation) >= 0.05 * 0.999);
            var (last, _) = Margin.Correct(0.99, deviation, 0.9, 1, 0.05);
            Assert.True(Normal.CDF(0, 1, (0.9 - last) / deviation) >= 0.05 * 0.999);
        }

        Assert.Equal((0.5, 1.0), Margin.Correct(0.5, 1e-9, 0, 1, 0.05));
    }

    [Fact]
    public void What_moves_by_itself_is_left_alone() => Assert.Equal((0.44, 1.0), Margin.Correct(0.44, 0.2, 0.4, 0.5, 0.02));

    [Fact]
    public void Choices_move_towards_the_better_ones_and_none_is_lost()
    {
        var odds = ChoiceOdds.Equal(4);
        for (var g = 0; g < 40; g++)
            odds = ChoiceOdds.Update(odds, [2, 2, -1], [0.5, 0.3, 0.2], rate: 0.4, parameters: 3);
        var least = (1 - Math.Pow(0.73, 1 / 3.0)) / 3;
        Assert.Equal([least, least, 1 - 3 * least, least], odds, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1.0], ChoiceOdds.Update([1.0], [0], [1.0], 0.5, 1));
    }
}
