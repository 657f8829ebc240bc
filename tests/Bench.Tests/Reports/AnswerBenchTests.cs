using System.Text.Json;
using HpoService.Search;

namespace HpoService.Bench.Tests.Reports;

public sealed class AnswerBenchTests
{
    [Fact]
    public void It_describes_the_task_and_answers_each_point()
    {
        var output = new StringWriter();
        AnswerBench.Answer("rosenbrock4_border", 1, null, new StringReader("""{"x1": 1, "x2": 1, "x3": 1, "x4": 1}"""), output);
        var lines = output.ToString().Split('\n');
        Assert.StartsWith("""{"task":"rosenbrock4_border","direction":"minimize","trials":100,"copies":1,"origin":0,"parameters":[{"name":"x1","type":"float","low":-5,"high":1""", lines[0]);
        Assert.Equal("""{"state":"completed","value":0,"truth":0}""", lines[1]);
    }

    [Fact]
    public void Of_constraints_it_says_how_far_they_are_exceeded()
    {
        var output = new StringWriter();
        AnswerBench.Answer("gramacy", 1, null, new StringReader("{\"x1\": 0.5, \"x2\": 1}\n{\"x1\": 1, \"x2\": 1}"), output);
        var lines = output.ToString().Split('\n');
        Assert.StartsWith("{\"state\":\"completed\",\"value\":1.5,\"truth\":1.5,\"excess\":[-1.5,-0.25]", lines[1]);
        Assert.StartsWith("{\"state\":\"infeasible\",\"value\":2,\"truth\":2,\"excess\":[", lines[2]);
    }

    [Fact]
    public void Of_several_objectives_it_tells_each_and_counts_all_points_together()
    {
        // ZDT1 at (x1, 0, …, 0): g = 1, f2 = 1 − √x1; the box is 1.1 by 11.
        string Point(double x1) => $"{{\"x1\": {x1}, {string.Join(", ", Enumerable.Range(2, 29).Select(i => $"\"x{i}\": 0"))}}}";
        var output = new StringWriter();
        AnswerBench.Answer("zdt1", 1, null, new StringReader($"{Point(0.25)}\n{Point(1)}\n{Point(0)}"), output);
        var lines = output.ToString().Split('\n');
        Assert.StartsWith("""{"task":"zdt1","directions":["minimize","minimize"],"trials":200,""", lines[0]);
        var answers = lines[1..4].Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal([[0.25, 0.5], [1, 0], [0, 1]], answers.Select(a => a.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())));
        double[] dominated = [0.85 * 10.5, 0.85 * 10.5 + 0.1 * 0.5, 0.25 * 10 + 0.85 * 10.5 + 0.1 * 0.5];
        Assert.All(answers.Zip(dominated), pair => Assert.Equal(pair.Second / (1.1 * 11), pair.First.GetProperty("truth").GetDouble(), 1e-12));
    }

    [Theory]
    [InlineData("branin", """{"x1": 1}""")]
    [InlineData("functions", "")]
    public void A_bad_point_or_a_group_is_refused(string task, string input) =>
        Assert.ThrowsAny<HpoException>(() => AnswerBench.Answer(task, 1, null, new StringReader(input), TextWriter.Null));
}
