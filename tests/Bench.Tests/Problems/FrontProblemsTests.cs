using HpoService.Bench.Problems;
using HpoService.Bench.Runs;
using HpoService.Bench.Statistics;
using HpoService.Search;
using HpoService.Search.Spaces;

namespace HpoService.Bench.Tests.Problems;

public sealed class FrontProblemsTests
{
    private static readonly Catalog Catalog = new(null);

    [Fact]
    public void The_share_of_a_box_is_counted_once_where_points_dominate_the_same()
    {
        Assert.Equal(0, Hypervolume.Share([], [2, 4]));
        Assert.Equal(0.25, Hypervolume.Share([[1, 2]], [2, 4]));
        Assert.Equal(0.25, Hypervolume.Share([[1, 2], [1.5, 2], [1, 2], [0, 4], [9, 0]], [2, 4])); // dominated, the same, on the border, outside
        Assert.Equal(0.625, Hypervolume.Share([[1, 0], [0, 3]], [2, 4]));
        Assert.Equal(0.125, Hypervolume.Share([[1, 1, 1]], [2, 2, 2]));
        // Three bars of 1 x 1 x 2 in a cube of 2: they share the corner alone.
        Assert.Equal(0.5, Hypervolume.Share([[0, 1, 1], [1, 0, 1], [1, 1, 0]], [2, 2, 2]), 1e-12);
    }

    [Fact]
    public void The_fronts_of_the_formulas_are_where_their_papers_say()
    {
        // g = 1: all but the first are 0; of DTLZ2 all but the first two at its optimum, on a sphere of radius 1.
        var (zdt1, zdt2, zdt3, dtlz2) = (Named("zdt1"), Named("zdt2"), Named("zdt3"), Named("dtlz2_s"));
        var front = At(zdt1, [0.25, .. new double[29]]);
        Assert.Equal((0.25, 0.5), (front["f1"], front["f2"]));
        Assert.Equal(1 - 0.0625, At(zdt2, [0.25, .. new double[29]])["f2"], 1e-12);
        Assert.Equal(1.5 - 0.25 * Math.Sin(2.5 * Math.PI), At(zdt3, [0.25, .. new double[29]])["f2"], 1e-12);
        Assert.Equal(10 * (1 - Math.Sqrt(0.025)), At(zdt1, [0.25, .. Enumerable.Repeat(1.0, 29)])["f2"], 1e-12);
        var sphere = At(dtlz2, [0.3, 0.6, .. Enumerable.Range(0, 10).Select(i => 0.5 + SyntheticFunction.Offset(i))]);
        Assert.Equal(1, sphere.Values.Sum(f => f * f), 1e-9);
        Assert.True(At(dtlz2, [0.3, 0.6, .. Enumerable.Repeat(0.5, 10)]).Values.Sum(f => f * f) > 1.3);
    }

    [Fact]
    public void A_search_counts_the_share_that_all_its_trials_dominate()
    {
        foreach (var problem in Catalog.Select(["fronts"]))
        {
            var best = Run.Best(problem, "random", 1, 20);
            Assert.All(best.Zip(best[1..]), pair => Assert.True(pair.Second >= pair.First - 1e-12)); // sums of other parts are rounded otherwise
            Assert.InRange(best[^1], best[0] + 1e-6, 1);
        }

        Assert.DoesNotContain(Catalog.Select(["all"]), p => p is FrontProblem); // not every sampler takes several objectives
        Assert.Contains("/objectives", Assert.Throws<InvalidStudyException>(() => Run.Best(Named("zdt1"), "cmaes", 1, 2)).Violations[0].Pointer, StringComparison.Ordinal);
    }

    private static FrontProblem Named(string name) => (FrontProblem)Catalog.Select([name])[0];

    private static IReadOnlyDictionary<string, double> At(FrontProblem problem, double[] x) => problem.Metrics(new UnitCube(problem.Space).Decode(x), Outcome.Completed(0));
}
