using System.Text.Json;
using HpoService.Bench.Problems;
using HpoService.Search;
using HpoService.Search.Spaces;

namespace HpoService.Bench;

/// <summary>Lets a sampler in another program search the same problems, over lines of JSON.</summary>
public static class AnswerBench
{
    /// <summary>Writes what is to be searched, then answers each point read with how its trial ends, until the input ends.</summary>
    /// <param name="task">The problem's name.</param>
    /// <param name="seed">The study's seed: what noise depends on, with the number of the trial.</param>
    /// <param name="data">The folder of the tables; null = no tables.</param>
    /// <param name="input">One object of parameter values a line.</param>
    /// <param name="output">First <c>{"task", "direction", "trials", "copies", "origin", "parameters"}</c>, then <c>{"state", "value", "truth"}</c> a point, and with
    /// constraints <c>"excess"</c>, how far each is exceeded. With several objectives <c>"directions"</c> and <c>"values"</c>, one for each, and as the truth what all points
    /// so far count together.</param>
    /// <exception cref="HpoException">An unknown task, or a point outside its space.</exception>
    public static void Answer(string task, long seed, string? data, TextReader input, TextWriter output)
    {
        var problem = new Catalog(data).Select([task]) is [var only] ? only
            : throw new HpoException("/task", $"task must name one problem, but got '{task}'.");
        var parameters = problem.Space.Parameters.Select(ParameterSpec.From);
        var isSingle = problem.Objectives.Count == 1;
        if (isSingle)
            Write(output, new { Task = problem.Name, problem.Objective.Direction, problem.Trials, problem.Copies, problem.Origin, Parameters = parameters });
        else
            Write(output, new { Task = problem.Name, Directions = problem.Objectives.Select(o => o.Direction), problem.Trials, problem.Copies, problem.Origin, Parameters = parameters });
        var standing = problem.Standing();
        for (var number = 0; input.ReadLine() is { } line; number++)
        {
            var point = JsonSerializer.Deserialize<ParameterValues>(line, HpoJson.Options)!;
            if (problem.Space.Violations(point) is { Count: > 0 } violations)
                throw new InvalidParameterValuesException(violations);
            var outcome = problem.Try(point, seed, number);
            var metrics = problem.Metrics(point, outcome);
            var value = double.IsNaN(outcome.Value) ? (double?)null : outcome.Value;
            if (!isSingle)
                Write(output, new { outcome.State, Values = problem.Objectives.Select(o => metrics[o.Metric]), Truth = standing(point, outcome) });
            else if (problem.Constraints.Count == 0)
                Write(output, new { outcome.State, Value = value, Truth = problem.Truth(point) });
            else
                Write(output, new { outcome.State, Value = value, Truth = problem.Truth(point), Excess = problem.Constraints.Select(c => metrics[c.Metric] - c.UpperBound) });
        }
    }

    private static void Write<T>(TextWriter output, T value)
    {
        output.WriteLine(JsonSerializer.Serialize(value, HpoJson.Options));
        output.Flush();
    }
}
