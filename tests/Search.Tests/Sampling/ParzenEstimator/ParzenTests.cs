using HpoService.Search.Numerics;
using HpoService.Search.Sampling.ParzenEstimator;
using HpoService.Search.Spaces;
using HpoService.Search.Tests.Spaces;
using MathNet.Numerics.Distributions;

namespace HpoService.Search.Tests.Sampling.ParzenEstimator;

public sealed class ParzenTests
{
    private static Parzen Equal(SearchSpace space, double[][] points) => new(space, points, [.. points.Select(_ => 1.0)], priorWeight: 1, bandwidth: 0.5);

    [Fact]
    public void The_density_of_a_float_is_scipys_mixture_of_truncated_normals()
    {
        // scipy.stats.truncnorm with the width of Scott's rule
        var density = Equal(TestSpaces.All["one float"], [[0.1], [0.2], [0.9]]);
        double[] expected = [0.2073869447849754, 0.6586101107569524, -1.135853305535955, -0.01699023884747267];
        double[] at = [0, 0.15, 0.5, 1];
        Assert.All(at.Zip(expected), pair => Assert.Equal(pair.Second, density.LogDensity([pair.First]), 1e-12));
    }

    [Fact]
    public void The_probabilities_of_an_int_are_scipys()
    {
        var space = new SearchSpace([new IntParameter("n", -3, 3)]);
        var density = Equal(space, [[3.5 / 7], [5.5 / 7]]);
        double[] expected = [0.04961352727550502, 0.06790950916377088, 0.13036831054079165, 0.19696533917250045, 0.21457859960727552, 0.20460712743727552, 0.13595758680287864];
        for (var i = 0; i < 7; i++)
            Assert.Equal(expected[i], Math.Exp(density.LogDensity([(i + 0.5) / 7])) / 7, 1e-12);
    }

    [Fact]
    public void Probabilities_sum_to_one_over_discrete_parameters_whatever_their_cells()
    {
        var space = new SearchSpace([new IntParameter("n", 1, 40, Scale.Log), new CategoricalParameter("c", ["a", "b", "c"]), new BooleanParameter("b")]);
        var density = Equal(space, [Encode(space, 3, "a", true), Encode(space, 17, "c", false), Encode(space, 1, "a", false)]);
        var sum = 0.0;
        for (var n = 1; n <= 40; n++)
            foreach (var c in new[] { "a", "b", "c" })
                foreach (var b in new[] { false, true })
                {
                    var (low, high) = UnitCube.CellOf(space.Parameters[0], Encode(space, n, c, b)[0]);
                    sum += Math.Exp(density.LogDensity(Encode(space, n, c, b))) * (high - low) / 6;
                }

        Assert.Equal(1, sum, 1e-9);
    }

    [Fact]
    public void What_is_drawn_follows_the_density()
    {
        var space = new SearchSpace([new FloatParameter("x", 0, 1), new CategoricalParameter("c", ["a", "b", "c"])]);
        var density = Equal(space, [[0.2, 0.5 / 3], [0.8, 2.5 / 3]]);
        var stream = new RandomStream(1, 2);
        const int Draws = 40_000, Bins = 20;
        var counts = new double[Bins, 3];
        for (var i = 0; i < Draws; i++)
        {
            var u = density.Draw(density.Pick(stream), stream);
            counts[(int)Math.Min(u[0] * Bins, Bins - 1), (int)Math.Min(u[1] * 3, 2)]++;
        }

        for (var i = 0; i < Bins; i++)
            for (var c = 0; c < 3; c++)
            {
                var share = Enumerable.Range(0, 50).Average(k => Math.Exp(density.LogDensity([(i + (k + 0.5) / 50) / Bins, (c + 0.5) / 3]))) / Bins / 3;
                // Five standard deviations: sixty bins fail by chance once in 30,000 seeds.
                Assert.InRange(counts[i, c], Draws * share - 5 * Math.Sqrt(Draws * share) - 1, Draws * share + 5 * Math.Sqrt(Draws * share) + 1);
            }
    }

    [Fact]
    public void An_inactive_parameter_counts_as_uniform()
    {
        var space = new SearchSpace([new BooleanParameter("b"), new FloatParameter("x", 0, 1, when: new Condition("b", [true]))]);
        var density = Equal(space, [[0.25, double.NaN], [0.25, double.NaN]]);
        Assert.Equal(density.LogDensity([0.75, double.NaN]), density.LogDensity([0.75, 0.3]), 1e-12);
        Assert.True(density.LogDensity([0.25, double.NaN]) > density.LogDensity([0.75, 0.3]));
    }

    [Theory, InlineData(3), InlineData(8), InlineData(29)]
    public void Kernels_of_points_where_a_number_is_inactive_are_uniform_in_it(int count)
    {
        // Written out again: truncated normals of Scott's width at each other point.
        var space = new SearchSpace([new BooleanParameter("b"), new FloatParameter("x", 0, 1, when: new Condition("b", [true]))]);
        double[] known = [.. Enumerable.Range(0, count).Select(i => new RandomStream(5, i).NextDouble())];
        var density = Equal(space, [.. known.SelectMany(x => (double[][])[[double.NaN, x], [double.NaN, double.NaN]])]);
        var variance = (known.Sum(x => (x - known.Average()) * (x - known.Average())) + 1.0 / 12) / (count + 1);
        var width = 0.5 * Math.Sqrt(variance) * Math.Pow(count + 1, -1.0 / 6);
        foreach (var u in new[] { 0, 0.21, 0.8 })
        {
            var sum = known.Sum(x => Normal.PDF(x, width, u) / (Normal.CDF(x, width, 1) - Normal.CDF(x, width, 0)));
            Assert.Equal(Math.Log((sum + count + 1) / (2 * count + 1)), density.LogDensity([double.NaN, u]), 1e-10);
        }
    }

    [Fact]
    public void The_density_is_finite_and_positive_far_from_all_kernels_and_in_huge_ranges()
    {
        var space = new SearchSpace([new IntParameter("n", 1, 1L << 53), new IntParameter("log", 1, 1L << 53, Scale.Log), new FloatParameter("x", 1e-300, 1e300, Scale.Log)]);
        double[][] points = [.. Enumerable.Range(0, 1000).Select(i => new[] { 1e-9 * i, 1e-6, 1 - 1e-9 * i })];
        foreach (var u in new[] { 0, 1e-12, 0.5, 1 - 1e-12, 1 })
            Assert.True(double.IsFinite(Equal(space, points).LogDensity([u, u, u])));
    }

    private static double[] Encode(SearchSpace space, int n, string c, bool b) =>
        new UnitCube(space).Encode(new ParameterValues([new("n", n), new("c", c), new("b", b)]));
}
