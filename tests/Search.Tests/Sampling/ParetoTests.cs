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

    [Theory, InlineData(2, false), InlineData(2, true), InlineData(3, true)]
    public void Where_most_lie_on_one_front_few_are_looked_at_for_each(int objectives, bool isFlat)
    {
        const int Count = 2000;
        var scores = new Counted([.. Enumerable.Range(0, Count).Select(i => Enumerable.Range(0, objectives).Select(k => isFlat ? 1.0 : k == 0 ? i : -i).ToArray())]);
        Assert.Equal(Count, Assert.Single(Pareto.Fronts(scores)).Count);
        Assert.InRange(scores.Looks, Count, 60 * Count);
    }

    private sealed class Counted(double[][] scores) : IReadOnlyList<double[]>
    {
        public int Looks { get; private set; }

        public int Count => scores.Length;

        public double[] this[int index]
        {
            get
            {
                Looks++;
                return scores[index];
            }
        }

        public IEnumerator<double[]> GetEnumerator() => scores.AsEnumerable().GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
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
