using HpoService.Bench.Runs;
using HpoService.Bench.Tests.Problems;
using HpoService.Search;

namespace HpoService.Bench.Tests.Reports;

public sealed class QualityBenchTests
{
    private static string Measure(QualityRequest request)
    {
        var output = new StringWriter();
        QualityBench.Measure(request, output, TextWriter.Null, CancellationToken.None);
        return output.ToString();
    }

    [Fact]
    public void Functions_and_tables_are_searched_written_compared_and_the_same_again()
    {
        var data = Tables.Write(1, 1, 2, 2, 3, 3, 9, 9, 4, 4, 5, 5);
        var file = Path.Combine(data, "runs.jsonl");
        var request = new QualityRequest
        {
            Samplers = ["random", "sobol"], Tasks = ["branin", "tables"], Trials = 25, Seeds = QualityRequest.ReadSeeds("3-5"), Data = data, Out = file, Label = "mine",
        };
        var report = Measure(request);
        Assert.Equal(2 * 2 * 3, File.ReadLines(file).Count());
        Assert.Contains("| tiny/one | mine | 9 [9, 9] | 9 [9, 9] |", report);
        Assert.Contains("Mean rank of the medians over 1 tables", report);
        Assert.Contains("| mine | 1.50 |", report);
        Assert.Contains("functions (1) 25 | tables (1) 25 |", report);
        var lines = File.ReadAllText(file);
        Measure(request with { Jobs = 1 });
        Assert.Equal(lines, File.ReadAllText(file));
        var output = new StringWriter();
        QualityBench.Compare(file, data, null, output);
        Assert.EndsWith(output.ToString(), report);
    }

    [Fact]
    public void Of_bbob_the_report_shows_the_distance_to_the_smallest_value_and_compare_finds_every_instance()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("bbob").FullName, "runs.jsonl");
        var request = new QualityRequest { Samplers = ["random", "sobol"], Tasks = ["bbob/f05-i1-d5", "bbob/f01-i2-d3"], Trials = 25, Seeds = [0], Out = file };
        var report = Measure(request);
        var last = RunLine.Read(file).Single(line => line.Task == "bbob/f01-i2-d3" && line.Sampler == "random").After(25)!.Value;
        // The smallest value of the second sphere.
        Assert.True(last > 394.48);
        Assert.Contains("## Best value so far, of bbob less the smallest value", report);
        Assert.Matches($@"\| bbob/f01-i2-d3 \| random \| .* \| {last - 394.48:G5} \[{last - 394.48:G5}, ", report);
        Assert.Contains("Mean rank of the medians over 2 bbob", report);
        var output = new StringWriter();
        QualityBench.Compare(file, null, null, output);
        Assert.EndsWith(output.ToString(), report);
    }

    [Theory]
    [InlineData("5", new long[] { 0, 1, 2, 3, 4 })]
    [InlineData("3-4", new long[] { 3, 4 })]
    public void Seeds_are_a_number_or_a_range(string text, long[] seeds) => Assert.Equal(seeds, QualityRequest.ReadSeeds(text));

    [Theory]
    [InlineData("0")]
    [InlineData("4-3")]
    [InlineData("x")]
    public void Other_seeds_are_refused(string text) => Assert.Throws<HpoException>(() => QualityRequest.ReadSeeds(text));

    [Theory]
    [InlineData("nonesuch", "{}")]
    [InlineData("gp", """{"nonesuch": 1}""")]
    public void An_unknown_sampler_or_option_is_refused_before_the_first_search(string sampler, string options) =>
        Assert.Throws<InvalidStudyException>(() => Measure(new QualityRequest
        {
            Samplers = [sampler], Tasks = ["branin"], Seeds = [0], Options = System.Text.Json.JsonElement.Parse(options),
        }));

    [Fact]
    public void Latency_has_a_row_for_each_length()
    {
        var output = new StringWriter();
        LatencyBench.Measure(new LatencyRequest { Samplers = ["random"], Trials = [5, 10], Dimensions = 4, IsMixed = true }, output, CancellationToken.None);
        Assert.Contains("| random | 5 | ", output.ToString());
        Assert.Contains("| random | 10 | ", output.ToString());
    }
}
