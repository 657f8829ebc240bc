using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Spaces;

public sealed class UnitCubeTests
{
    public static TheoryData<string> Names => TestSpaces.Names;

    [Theory, MemberData(nameof(Names))]
    public void Every_point_of_the_cube_decodes_to_a_point_of_the_space(string name)
    {
        var cube = new UnitCube(TestSpaces.All[name]);
        var stream = new RandomStream(1, 2);
        for (var i = 0; i < 500; i++)
        {
            // Every fifth point has corners and values outside of the cube.
            double[] u = [.. Enumerable.Range(0, cube.Dimensions).Select(_ => i % 5 == 0 ? stream.NextInt(4) - 1.0 : stream.NextDouble())];
            Assert.DoesNotContain(cube.Space.Violations(cube.Decode(u)), v => v.Pointer != ""); // constraints are the samplers' to keep
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Decoding_an_encoded_point_gives_it_back(string name)
    {
        var cube = new UnitCube(TestSpaces.All[name]);
        var stream = new RandomStream(3, 4);
        for (var i = 0; i < 500; i++)
        {
            var values = cube.Decode([.. Enumerable.Range(0, cube.Dimensions).Select(_ => stream.NextDouble())]);
            var u = cube.Encode(values);
            Assert.All(u, c => Assert.InRange(c, 0, 1));
            var again = cube.Decode(u);
            Assert.Equal(values.Keys, again.Keys);
            foreach (var parameter in cube.Space.Parameters.Where(p => values.ContainsKey(p.Name)))
            {
                if (parameter.Cardinality is not null)
                    Assert.Equal(values[parameter.Name], again[parameter.Name]);
                else
                    Assert.Equal(values[parameter.Name].Number, again[parameter.Name].Number, 1e-12 * (1 + Math.Abs(values[parameter.Name].Number)));
            }
        }
    }

    [Fact]
    public void Both_ends_of_a_range_are_reached_exactly()
    {
        foreach (var p in new[] { new FloatParameter("x", 1e-5, 0.3, Scale.Log), new FloatParameter("x", -0.1, 0.7), new FloatParameter("x", 3e-7, 1e9, Scale.Log) })
        {
            Assert.Equal(p.Low, UnitCube.Decode(p, 0).Number);
            Assert.Equal(p.High, UnitCube.Decode(p, 1).Number);
        }
    }

    [Fact]
    public void A_log_scale_has_its_geometric_mean_in_the_middle() =>
        Assert.Equal(1e-3, UnitCube.Decode(new FloatParameter("x", 1e-5, 0.1, Scale.Log), 0.5).Number, 1e-15);

    public static TheoryData<string> Discrete => ["int", "int step", "float step", "ordinal", "boolean", "long int"];

    [Theory, MemberData(nameof(Discrete))]
    public void Every_value_of_a_discrete_parameter_gets_the_same_share_of_its_coordinate(string which)
    {
        Parameter p = which switch
        {
            "int" => new IntParameter("p", -2, 4),
            "int step" => new IntParameter("p", 0, 30, step: 10),
            "float step" => new FloatParameter("p", 0, 1, step: 0.25),
            "ordinal" => new OrdinalParameter("p", ["s", "m", "l"]),
            "boolean" => new BooleanParameter("p"),
            _ => new IntParameter("p", 1, 50),
        };
        const int Points = 100_000;
        var counts = Enumerable.Range(0, Points).GroupBy(i => UnitCube.Decode(p, (i + 0.5) / Points)).Select(g => g.Count()).ToList();
        Assert.Equal(p.Cardinality, counts.Count);
        Assert.All(counts, c => Assert.Equal((double)Points / counts.Count, c, 2.0));
    }

    [Fact]
    public void Ints_on_a_log_scale_have_cells_as_wide_as_their_logarithms()
    {
        var p = new IntParameter("p", 1, 3, Scale.Log);
        var share = Enumerable.Range(0, 100_000).Count(i => UnitCube.Decode(p, (i + 0.5) / 100_000).Number == 1) / 100_000.0;
        Assert.Equal(Math.Log(1.5 / 0.5) / Math.Log(3.5 / 0.5), share, 1e-4);
    }

    [Fact]
    public void Large_ints_survive_the_round_trip()
    {
        var linear = new IntParameter("p", 0, 1L << 50);
        var log = new IntParameter("p", 1, 1_000_000_000_000, Scale.Log);
        var stream = new RandomStream(5, 6);
        for (var i = 0; i < 1000; i++)
        {
            ParameterValue a = Math.Floor(stream.NextDouble() * (1L << 50)), b = Math.Floor(1 + stream.NextDouble() * (1e12 - 1));
            Assert.Equal(a, UnitCube.Decode(linear, UnitCube.Encode(linear, a)));
            Assert.Equal(b, UnitCube.Decode(log, UnitCube.Encode(log, b)));
        }
    }

    [Fact]
    public void Ends_whose_logarithms_are_the_same_number_have_coordinates()
    {
        var p = new IntParameter("p", (1L << 53) - 10, 1L << 53, Scale.Log);
        var q = new FloatParameter("q", 1e300, Math.BitIncrement(1e300), Scale.Log);
        Assert.All(new[] { p.Low, p.Low + 1, p.High }, value => Assert.Equal(0.5, UnitCube.Encode(p, value)));
        Assert.Equal((0.5, 0.5), UnitCube.CellOf(p, 0.3));
        Assert.Equal(0.5, UnitCube.Encode(q, q.High));
        Assert.All(new[] { 0, 0.2, 0.5, 1 }, u => Assert.Null(p.Violation(UnitCube.Decode(p, u)) ?? q.Violation(UnitCube.Decode(q, u))));
    }

    [Fact]
    public void An_inactive_parameter_has_one_fixed_coordinate()
    {
        var cube = new UnitCube(TestSpaces.All["finite conditional"]);
        var u = cube.Encode(new ParameterValues([new("kind", "c")]));
        Assert.Equal([UnitCube.Inactive, UnitCube.Inactive, UnitCube.Inactive], u[1..]);
    }

    [Fact]
    public void Snapping_twice_is_snapping_once()
    {
        foreach (var p in TestSpaces.All.Values.SelectMany(s => s.Parameters))
            for (var c = 0.0; c <= 1; c += 0.037)
                Assert.Equal(UnitCube.Snap(p, c), UnitCube.Snap(p, UnitCube.Snap(p, c)), 1e-12);
    }
}
