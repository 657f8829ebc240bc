using System.CommandLine;
using HpoService.Search;

namespace HpoService.Cli.Commands.Bench;

/// <summary>Measures samplers and service; see docs/benchmarks.md.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measures the samplers (quality on known tasks, latency), the service under load, and training (steps a second).")
    {
        QualityCommand.Create(),
        CompareCommand.Create(),
        LatencyCommand.Create(),
        AnswerCommand.Create(),
        ServiceCommand.Create(),
        InsightCommand.Create(),
        EchoCommand.Create(),
        TrainingCommand.Create(),
    };

    /// <summary>Runs a measurement; what was asked wrongly is one line and exit code 1.</summary>
    public static int Guard(Action measure) => GuardAsync(() =>
    {
        measure();
        return Task.CompletedTask;
    }).GetAwaiter().GetResult();

    /// <inheritdoc cref="Guard"/>
    public static async Task<int> GuardAsync(Func<Task> measure)
    {
        try
        {
            await measure();
            return 0;
        }
        catch (Exception e) when (e is HpoException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    public static string[] List(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
