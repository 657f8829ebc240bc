using HpoService.Search.Sampling.Sobol;
using HpoService.Search.Tests.Golden;

namespace HpoService.Search.Tests.Sampling.Sobol;

public sealed class SobolSequenceTests
{
    private sealed record Points(double[][] points, double[] far, uint farIndex);

    [Fact]
    public void Unscrambled_points_are_those_of_scipy_in_64_dimensions()
    {
        var golden = GoldenFile.Read<Points>("sobol.json");
        var sequence = new SobolSequence(64, null);
        for (var i = 0u; i < golden.points.Length; i++)
            Assert.Equal(golden.points[i], sequence.At(i));
        Assert.Equal(golden.far, sequence.At(golden.farIndex));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(77)]
    public void Scrambled_points_are_stratified_in_every_dimension(long seed)
    {
        var sequence = new SobolSequence(64, seed);
        var points = Enumerable.Range(0, 256).Select(i => sequence.At((uint)i)).ToArray();
        for (var j = 0; j < 64; j++)
            Assert.Equal(256, points.Select(p => (int)(p[j] * 256)).Distinct().Count());
    }

    [Fact]
    public void Scrambling_keeps_the_first_two_dimensions_a_net()
    {
        // A (0, 6, 2)-net in base 2: each of the boxes 2^-a x 2^-(6-a) holds one of 64 points.
        var sequence = new SobolSequence(2, 9);
        var points = Enumerable.Range(0, 64).Select(i => sequence.At((uint)i)).ToArray();
        for (var a = 0; a <= 6; a++)
            Assert.Equal(64, points.Select(p => ((int)(p[0] * (1 << a)), (int)(p[1] * (1 << (6 - a))))).Distinct().Count());
    }

    [Fact]
    public void Scrambling_spreads_a_point_evenly_over_seeds()
    {
        // The mean of 2,000 uniforms: standard error 0.0065; 5 of them.
        var mean = Enumerable.Range(0, 2000).Average(seed => new SobolSequence(3, seed).At(5)[2]);
        Assert.Equal(0.5, mean, 0.033);
    }
}
