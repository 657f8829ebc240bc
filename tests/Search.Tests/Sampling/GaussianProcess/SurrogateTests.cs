using HpoService.Search.Numerics;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class SurrogateTests
{
    private static readonly SearchSpace Space = new([.. Enumerable.Range(0, 3).Select(i => new FloatParameter($"x{i}", 0, 1))]);

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Bad_scores_of_a_valley_are_compressed_and_those_of_a_rough_function_are_not(long seed)
    {
        // A bowl whose walls rise by orders of magnitude.
        Assert.Equal(Warp.Compressed, WarpOf(seed, x => -Math.Exp(12 * x.Sum(v => Math.Pow(v - 0.4, 2)))));
        Assert.Equal(Warp.Outliers, WarpOf(seed, x => x.Sum(v => Math.Cos(25 * v) - 2 * Math.Abs(v - 0.4))));
    }

    [Fact]
    public void Without_scores_that_differ_or_without_any_nothing_is_compressed()
    {
        Assert.Equal(Warp.Outliers, WarpOf(1, _ => 3));
        Assert.Equal(Warp.Outliers, WarpOf(1, _ => double.NaN));
    }

    [Fact]
    public void Before_16_observations_bad_scores_are_compressed()
    {
        static double Rough(double[] x) => x.Sum(v => Math.Cos(25 * v));
        Assert.Equal(Warp.Compressed, WarpOf(1, Rough, observations: 15));
        Assert.Equal(Warp.Outliers, WarpOf(1, Rough, observations: 16));
        Assert.Equal(Warp.Compressed, WarpOf(1, Rough, observations: 0));
    }

    private static Warp WarpOf(long seed, Func<double[], double> score, int observations = 40)
    {
        var features = new Features(Space);
        var stream = new RandomStream(seed, 0);
        var sample = Enumerable.Range(0, observations).Select(_ =>
        {
            double[] x = [stream.NextDouble(), stream.NextDouble(), stream.NextDouble()];
            return new Observation(new ParameterValues([.. x.Select((v, i) => new KeyValuePair<string, ParameterValue>($"x{i}", v))]), x, score(x));
        }).ToList();
        return Surrogate.WarpOf(features, sample, new GpOptions(), () => false).Warp;
    }
}
