using HpoService.Bench.Problems;
using HpoService.Bench.Runs;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>Seeds are fixed: these either always pass or always fail on one machine.</summary>
public sealed class GpQualityTests
{
    private static double Median(string name, string sampler, int trials, int parallel = 1)
    {
        var function = SyntheticFunctions.All.Single(f => f.Name == name);
        return Enumerable.Range(0, 5).Select(seed => Run.Best(function, sampler, seed, trials, parallel)[^1]).Order().ElementAt(2);
    }

    [Theory]
    [InlineData("branin", 30, 0.41)]
    [InlineData("hartmann6", 40, -3.0)]
    public void It_beats_random_search_and_comes_close_to_the_minimum(string name, int trials, double reach)
    {
        var gp = Median(name, "gp", trials);
        Assert.True(gp < Median(name, "random", trials));
        // In 40 trials random search does not come near these but in one study out of thousands.
        Assert.True(gp < reach, $"{gp} after {trials} trials.");
    }

    [Fact]
    public void With_four_at_a_time_it_still_beats_random_search_by_far() =>
        Assert.True(Median("hartmann6", "gp", 48, parallel: 4) < -2.9);
}
