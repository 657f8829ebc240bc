using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Search.Tests.Spaces;

public sealed class ParameterValuesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    public void A_point_has_each_value_under_its_name_in_the_order_given(int count)
    {
        var names = Enumerable.Range(0, count).Select(i => $"p{i * 7919 % 1009}").ToList();
        var point = new ParameterValues(names.Select((name, i) => KeyValuePair.Create<string, ParameterValue>(name, i)));
        Assert.Equal(names, point.Keys);
        Assert.Equal(names.Select((_, i) => (double)i), point.Values.Select(v => v.Number));
        Assert.Equal(names.Zip(point.Values), point.Select(pair => (pair.Key, pair.Value)));
        Assert.All(names.Index(), name => Assert.Equal(name.Index, point[name.Item].Number));
        Assert.False(point.ContainsKey("P0") || point.TryGetValue("p", out _));
        Assert.Throws<KeyNotFoundException>(() => point["p"]);
        Assert.Equal(point, new ParameterValues(point.Reverse()));
        Assert.NotEqual(point, new ParameterValues(point.Skip(1)));
        Assert.Throws<ArgumentException>(() => new ParameterValues(point.Append(point.First())));
    }

    [Fact]
    public void Points_of_different_names_are_read_in_turn_as_they_were_written()
    {
        ParameterValues[] points =
        [
            new([new("a", 1), new("b", "x\"y"), new("c", true)]), new([new("a", 2), new("b", "z"), new("c", false)]), new([new("a", 3)]), new([new("b", 4), new("a", 5)]),
            ParameterValues.Empty, new([new("a", 6), new("b", 7), new("ü\"", 8)]), new([new("a", 1), new("b", "x"), new("c", true)]),
        ];
        for (var repeat = 0; repeat < 2; repeat++)
        {
            Assert.All(points, point => Assert.Equal(point.ToString(), JsonSerializer.Deserialize<ParameterValues>(JsonSerializer.Serialize(point, HpoJson.Options), HpoJson.Options)!.ToString()));
            Assert.All(points, point => Assert.Equal(point, JsonSerializer.Deserialize<ParameterValues>(JsonSerializer.Serialize(point, HpoJson.Options), HpoJson.Options)));
        }

        var both = JsonSerializer.Deserialize<ParameterValues[]>("""[{"a":1,"b":2},{"a":3,"b":4}]""", HpoJson.Options)!;
        Assert.Same(both[0].Keys.First(), both[1].Keys.First());
    }

    [Fact]
    public void Integers_have_neither_point_nor_exponent()
    {
        var point = new ParameterValues([new("a", 1L << 53), new("b", -1e15), new("c", -0.0), new("d", 1e16), new("e", 1e-7), new("f", 0.5), new("g", -9007199254740992)]);
        const string Json = """{"a":9007199254740992,"b":-1000000000000000,"c":0,"d":10000000000000000,"e":1E-07,"f":0.5,"g":-9007199254740992}""";
        Assert.Equal(Json, JsonSerializer.Serialize(point, HpoJson.Options));
        Assert.Equal(point, JsonSerializer.Deserialize<ParameterValues>(Json, HpoJson.Options));
        Assert.Equal(["9007199254740992", "-1000000000000000", "0", "10000000000000000", "1E-07", "0.5", "-9007199254740992"], point.Values.Select(v => v.ToString()));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":null}""")]
    [InlineData("""{"a":[1]}""")]
    [InlineData("""{"a":{}}""")]
    [InlineData("""[1]""")]
    [InlineData("""1""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a"}""")]
    public void What_is_no_point_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ParameterValues>(json, HpoJson.Options));
}
