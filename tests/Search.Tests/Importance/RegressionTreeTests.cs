using HpoService.Search.Importance;
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Importance;

public sealed class RegressionTreeTests
{
    private static readonly Bins[] Parts =
    [
        new(new CategoricalParameter("a", ["u", "v", "w", "x"])), new(new IntParameter("b", 1, 6, Scale.Log)), new(new BooleanParameter("c")), new(new FloatParameter("d", 0, 1, step: 0.25)),
    ];

    [Fact]
    public void Its_marginals_are_what_enumerating_every_point_gives()
    {
        var random = new RandomStream(1, 0);
        var points = Enumerable.Range(0, 60).Select(_ => Parts.Select(p => (byte)p.Draw(random.NextDouble())).ToArray()).ToArray();
        var tree = new RegressionTree(Parts, points, [.. points.Select(p => p[0] * p[1] - 3.0 * p[2] * p[3] + random.NextNormal())], random);
        var marginals = Parts.Select(p => new double[p.Count]).ToArray();
        tree.AddMarginals(marginals);

        var expected = Parts.Select(p => new double[p.Count]).ToArray();
        foreach (var point in Everything())
            for (var j = 0; j < Parts.Length; j++)
                expected[j][point[j]] += tree.Predict(point) * Enumerable.Range(0, 4).Where(k => k != j).Aggregate(1.0, (w, k) => w * Parts[k].Weights[point[k]]);
        foreach (var (e, m) in expected.Zip(marginals))
            Assert.All(e.Zip(m), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
    }

    [Fact]
    public void It_finds_the_split_of_choices_that_no_order_of_theirs_gives()
    {
        byte[][] points = [.. Enumerable.Range(0, 40).Select(i => new byte[] { (byte)(i % 4), 0, 0, 0 })];
        var tree = new RegressionTree(Parts, points, [.. points.Select(p => p[0] is 0 or 2 ? 1.0 : -1.0)], new RandomStream(1, 0));
        Assert.Equal([1.0, -1, 1, -1], Enumerable.Range(0, 4).Select(i => tree.Predict([(byte)i, 0, 0, 0])));
    }

    [Fact]
    public void Bins_of_few_values_are_the_values_with_the_width_of_their_cells()
    {
        var bins = new Bins(new IntParameter("b", 1, 6, Scale.Log));
        for (var value = 1; value <= 6; value++)
        {
            Assert.Equal(value - 1, bins.Of(UnitCube.Encode(new IntParameter("b", 1, 6, Scale.Log), value)));
            Assert.Equal(Math.Log((value + 0.5) / (value - 0.5)) / Math.Log(6.5 / 0.5), bins.Weights[value - 1], 1e-3);
        }

        var wide = new Bins(new IntParameter("b", 1, 1_000_000));
        Assert.Equal(Bins.Most, wide.Count);
        Assert.Equal((0, 63), (wide.Of(0), wide.Of(1)));
        Assert.Single(new Bins(new CategoricalParameter("only", ["one"])).Weights);
    }

    private static IEnumerable<byte[]> Everything() =>
        from a in Enumerable.Range(0, 4) from b in Enumerable.Range(0, 6) from c in Enumerable.Range(0, 2) from d in Enumerable.Range(0, 5)
        select new[] { (byte)a, (byte)b, (byte)c, (byte)d };
}
