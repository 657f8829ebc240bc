using HpoService.Search.Sampling;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Sampling;

public sealed class AdmissibleTests
{
    // One point in five hundred keeps it.
    private static readonly UnitCube Diagonal = new(new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]).Constrained(["y - x <= 0.001", "x - y <= 0.001"]));

    [Fact]
    public void What_keeps_the_constraints_is_taken_as_it_is()
    {
        double[] first = [0.3, 0.3];
        Assert.Same(first, Admissible.Point(Diagonal, first, () => throw new InvalidOperationException("No draw is needed.")));
        double[] third = [0.2, 0.2005];
        Queue<double[]> draws = new([[0.1, 0.9], third]);
        Assert.Same(third, Admissible.Point(Diagonal, [0.5, 0.6], draws.Dequeue));
    }

    [Fact]
    public void Where_no_draw_does_it_goes_from_the_last_one_towards_the_point_that_it_shall_be_near()
    {
        var near = Diagonal.Decode([0.9, 0.9]);
        var point = Admissible.Point(Diagonal, [0.1, 0.2], () => [0.1, 0.5], near, draws: 3)!;
        Assert.True(Admissible.Keeps(Diagonal, point));
        // On the way from (0.1, 0.5) to (0.9, 0.9), as far from its end as its halves allow: 0.8 : 0.4.
        Assert.InRange(point[0], 0.89, 0.8999);
        Assert.Equal(2, (0.9 - point[0]) / (0.9 - point[1]), 1e-6);
        // A point that breaks them leads nowhere: then it is the space's own.
        var anchor = Diagonal.Encode(Diagonal.Space.Anchor!);
        var other = Admissible.Point(Diagonal, [0.1, 0.2], () => [0.1, 0.5], Diagonal.Decode([0.9, 0.1]), draws: 3)!;
        Assert.True(Admissible.Keeps(Diagonal, other));
        Assert.Equal(anchor[0], other[0], 0.01);
    }
}
