using HpoService.Bench.Runs;
using HpoService.Search;

namespace HpoService.Bench.Tests.Runs;

public sealed class RunLineTests
{
    [Fact]
    public void A_line_has_six_digits_and_null_before_the_first_result()
    {
        var line = RunLine.Of("branin", "gp", 3, [double.NaN, 123456.789, 0.39788735772]);
        Assert.Equal("""{"task":"branin","sampler":"gp","seed":3,"best":[null,123457,0.397887]}""", line.ToJson());
        Assert.Equal([double.NaN, 123457, 0.397887, null], [line.After(1), line.After(2), line.After(3), line.After(4)]);
    }

    [Fact]
    public void Digits_are_counted_from_the_origin()
    {
        var line = RunLine.Of("bbob/f01-i1-d5", "gp", 3, [79.48 + 1.23456789e-5, 123456.789], origin: 79.48);
        Assert.Equal("""{"task":"bbob/f01-i1-d5","sampler":"gp","seed":3,"best":[79.4800123457,123456.48]}""", line.ToJson());
    }

    [Fact]
    public void A_folder_is_read_as_a_whole_and_other_kinds_of_lines_are_left_out()
    {
        var folder = Directory.CreateTempSubdirectory("runs").FullName;
        File.WriteAllText(Path.Combine(folder, "a.jsonl"), RunLine.Of("branin", "gp", 3, [1]).ToJson() + "\n");
        File.WriteAllText(Path.Combine(folder, "b.jsonl"), """{"task":"t","method":"full","seed":0,"score":1.5,"points":51}""" + "\n");
        Assert.Equal("gp", Assert.Single(RunLine.Read(folder)).Sampler);
        Assert.Equal("gp", Assert.Single(RunLine.Read(Path.Combine(folder, "a.jsonl"))).Sampler);
        Assert.Throws<HpoException>(() => RunLine.Read("/nowhere"));
    }
}
