using HpoService.Search.Numerics;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class AcquisitionSearchTests
{
    private static readonly SearchSpace Square = new([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);

    [Fact]
    public void With_time_left_all_candidates_are_looked_at_and_the_best_climbs_to_the_top()
    {
        var hill = new Hill();
        var best = Search(hill, () => false)[0];
        Assert.True(hill.Looks > 3000);
        Assert.Equal((0.3, 0.6), (Math.Round(best["x"].Number, 2), Math.Round(best["y"].Number, 2)));
    }

    [Fact]
    public void Without_time_left_the_best_of_the_first_few_candidates_is_answered()
    {
        var hill = new Hill();
        var found = Search(hill, () => true);
        Assert.InRange(hill.Looks, 1, 64);
        Assert.NotEmpty(found);
    }

    private static List<ParameterValues> Search(Hill hill, Func<bool> isOver) =>
        [.. new AcquisitionSearch(new UnitCube(Square), new Features(Square), hill).Search([], 3000, new RandomStream(1, 2), isOver)];

    private sealed class Hill : IAcquisition
    {
        public int Looks { get; private set; }

        public double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null)
        {
            Looks += points.Count;
            for (var i = 0; i < points.Count && gradients is not null; i++)
                (gradients[i][0], gradients[i][1]) = (-2 * (points[i][0] - 0.3), -2 * (points[i][1] - 0.6));
            return [.. points.Select(p => -Math.Pow(p[0] - 0.3, 2) - Math.Pow(p[1] - 0.6, 2))];
        }
    }
}
