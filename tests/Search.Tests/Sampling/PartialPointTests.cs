using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Sampling;

/// <summary>Points of which a user gave only some values.</summary>
public sealed class PartialPointTests
{
    private static readonly SearchSpace Space = new([
        new FloatParameter("f", 0, 1), new IntParameter("i", 1, 1000, Scale.Log), new FloatParameter("s", 0, 3, step: 0.3), new CategoricalParameter("c", ["a", "b", "c", "d"]),
        new FloatParameter("low", 0, 1, when: new Condition("f", null, 1e-4)), new FloatParameter("high", 0, 1, when: new Condition("f", 0.9999, null)),
        new FloatParameter("exact", 0, 1, when: new Condition("i", 777, 777)), new FloatParameter("grid", 0, 1, when: new Condition("s", 1.1, 1.3)),
        new FloatParameter("named", 0, 1, when: new Condition("i", [5.0, 6.0])), new FloatParameter("d", 0, 1, when: new Condition("c", ["d"])),
        new FloatParameter("deep", 0, 1, when: new Condition("d", 0.7, 0.71)),
    ]);

    [Theory]
    [InlineData("low"), InlineData("high"), InlineData("exact"), InlineData("grid"), InlineData("named"), InlineData("d"), InlineData("deep"), InlineData("low", "exact", "deep", "grid")]
    public void Given_values_stay_whatever_is_suggested_for_what_they_depend_on(params string[] names)
    {
        var (cube, stream) = (new UnitCube(Space), new RandomStream(1, 1));
        var given = new ParameterValues(names.Select(name => KeyValuePair.Create(name, (ParameterValue)0.7)));
        Assert.Empty(Space.ViolationsOfPartial(given));
        for (var number = 0; number < 50; number++)
        {
            var suggested = cube.Decode(PointSampler.Draw(stream, cube.Dimensions));
            var filled = PartialPoint.Fill(Space, given, suggested, 7, number)!;
            Assert.Empty(Space.Violations(filled));
            Assert.All(names, name => Assert.Equal(0.7, filled[name].Number));
            // What has nothing to do with them is as suggested.
            if (names is ["grid"])
                Assert.All(new[] { "f", "i", "c" }, name => Assert.Equal(suggested[name], filled[name]));
        }
    }

    [Fact]
    public void A_suggestion_that_leaves_them_active_is_taken()
    {
        var suggested = new ParameterValues([new("f", 0.00005), new("i", 6.0), new("s", 1.2), new("c", "d"), new("d", 0.705)]);
        var filled = PartialPoint.Fill(Space, new ParameterValues([new("low", 0.1), new("named", 0.2), new("deep", 0.3)]), suggested, 7, 0)!;
        Assert.All(suggested, v => Assert.Equal(v.Value, filled[v.Key]));
    }

    [Fact]
    public void Values_that_exclude_each_other_have_no_point() =>
        Assert.Null(PartialPoint.Fill(Space, new ParameterValues([new("low", 0.1), new("high", 0.2)]), ParameterValues.Empty, 7, 0));

    [Fact]
    public void Points_that_were_visited_are_kept_away_from_while_there_are_others()
    {
        var space = new SearchSpace([new IntParameter("a", 0, 1), new IntParameter("b", 0, 4)]);
        var (given, visited) = (new ParameterValues([new("a", 0.0)]), new Visited());
        var suggested = new ParameterValues([new("a", 1.0), new("b", 3.0)]);
        for (var number = 0; number < 5; number++)
        {
            var filled = PartialPoint.Fill(space, given, suggested, 7, number, visited)!;
            Assert.Equal(0, filled["a"].Number);
            Assert.True(visited.Add(filled));
        }

        Assert.Equal(3, PartialPoint.Fill(space, given, suggested, 7, 5, visited)!["b"].Number); // all are: what is asked for is done
    }
}
