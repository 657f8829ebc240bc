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

    [Theory]
    [InlineData("branin", """{"x1": 1}""")]
    [InlineData("functions", "")]
    public void A_bad_point_or_a_group_is_refused(string task, string input) =>
        Assert.ThrowsAny<HpoException>(() => AnswerBench.Answer(task, 1, null, new StringReader(input), TextWriter.Null));
}
