using HpoService.Search.Sampling;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Sampling;

public sealed class VisitedTests
{
    [Fact]
    public void A_walk_comes_back_to_a_point_that_is_freed_behind_it()
    {
        ParameterValues[] points = [.. Enumerable.Range(0, 5).Select(i => new ParameterValues([new("n", i)]))];
        var visited = new Visited();
        ParameterValues? First() => visited.FirstUnvisited(() => points, CancellationToken.None);
        for (var i = 0; i < points.Length; i++)
        {
            Assert.Equal(points[i], First());
            visited.Set(i, points[i]);
        }

        Assert.Null(First());
        visited.Set(1, null);
        Assert.Equal(points[1], First());
        visited.Set(5, points[1]);
        Assert.Null(First());
    }
}
