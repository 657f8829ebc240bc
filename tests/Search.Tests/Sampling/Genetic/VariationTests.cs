using HpoService.Search.Numerics;
using HpoService.Search.Sampling.Genetic;

namespace HpoService.Search.Tests.Sampling.Genetic;

public sealed class VariationTests
{
    [Fact]
    public void Children_lie_in_the_range_around_their_parents_as_far_as_the_paper_says()
    {
        var stream = new RandomStream(1, 1);
        var children = Enumerable.Range(0, 20_000).Select(_ => Variation.Cross(0.45, 0.55, 15, stream)).ToList();
        Assert.All(children, c => Assert.InRange(c, 0, 1));
        // Symmetric about the parents' middle, and as often nearer to it than a parent as farther away: the median spread is 1.
        // Each frequency is off by 2 % (five and a half standard deviations) in less than one of ten million seeds.
        Assert.Equal(0.5, children.Average(), 0.002);
        Assert.Equal(0.5, children.Count(c => Math.Abs(c - 0.5) < 0.05) / 20_000.0, 0.02);
        // With β = (2u)^(1/16), u = ¼ at the lower quartile.
        Assert.Equal(0.25, children.Count(c => Math.Abs(c - 0.5) < 0.05 * Math.Pow(0.5, 1 / 16.0)) / 20_000.0, 0.02);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(Variation.Cross(0, 1, 0, stream), 0, 1));
        Assert.Equal(0.3, Variation.Cross(0.3, 0.3, 15, stream));
    }

    [Fact]
    public void Mutation_stays_in_the_range_and_near()
    {
        var stream = new RandomStream(1, 2);
        foreach (var from in new[] { 0, 0.02, 0.5, 1 })
        {
            var moves = Enumerable.Range(0, 4000).Select(_ => Variation.Mutate(from, 20, stream)).ToList();
            Assert.All(moves, u => Assert.InRange(u, 0, 1));
            Assert.True(moves.Average(u => Math.Abs(u - from)) is > 0.005 and < 0.08);
        }

        // In the middle with u < ½: |δ| = 1 − (2u + (1 − 2u)·½²¹)^(1/21), at u = ¼ 0.0325.
        var sizes = Enumerable.Range(0, 20_000).Select(_ => Math.Abs(Variation.Mutate(0.5, 20, stream) - 0.5)).Order().ToList();
        Assert.Equal(1 - Math.Pow(0.5, 1 / 21.0), sizes[10_000], 0.002);
    }
}
