using HpoService.Search.Numerics;
using HpoService.Search.Sampling;

namespace HpoService.Search.Tests.Sampling;

public sealed class ParetoTests
{
    [Fact]
    public void Fronts_are_what_remains_undominated_when_earlier_ones_are_taken_away()
    {
        var stream = new RandomStream(4, 4);
        for (var round = 0; round < 30; round++)
        {
            // Few levels: ties and equal points occur.
            double[][] scores = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 1 + round % 4).Select(_ => (double)stream.NextInt(6)).ToArray())];
            var left = Enumerable.Range(0, 40).ToHashSet();
            var fronts = Pareto.Fronts(scores);
            foreach (var front in fronts)
            {
                Assert.Equal(left.Where(i => !left.Any(j => Pareto.Dominates(scores[j], scores[i]))).Order(), front.Order());
                left.ExceptWith(front);
            }

            Assert.Empty(left);
            // Fewer are asked for: the same ones, and none too many.
            for (var most = 1; most <= 40; most++)
            {
                var first = Pareto.Fronts(scores, most);
                Assert.Equal(fronts.Take(first.Count), first);
                Assert.InRange(most, 1 + first.SkipLast(1).Sum(f => f.Count), first.Sum(f => f.Count));
                Assert.Equal(Pareto.Order(scores).Take(most), Pareto.Order(scores, most));
            }
        }
    }

    [Fact]
    public void Crowding_is_that_of_the_paper()
    {
        var crowding = Pareto.Crowding([[0, 4], [1, 3], [3, 1], [4, 0]]);
        Assert.Equal([double.PositiveInfinity, 1.5, 1.5, double.PositiveInfinity], crowding);
        Assert.Equal([0.0, 0], Pareto.Crowding([[1, 1], [1, 1]]));
        Assert.Empty(Pareto.Crowding([]));
    }

    [Fact]
    public void The_order_is_by_front_then_the_lonelier_first()
    {
        Assert.Equal([1, 2, 0], Pareto.Order([[1.0], [3.0], [2.0]]));
        Assert.Equal([0, 3, 2, 1, 4], Pareto.Order([[0, 10], [4.9, 5.1], [5, 5], [10, 0], [0, 0]]), (a, b) => a == b || a is 1 or 2 && b is 1 or 2);
        Assert.Equal(4, Pareto.Order([[0, 10], [4.9, 5.1], [5, 5], [10, 0], [0, 0]])[^1]);
    }
}
