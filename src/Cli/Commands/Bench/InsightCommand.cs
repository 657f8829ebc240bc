using System.CommandLine;
using HpoService.Bench;
using HpoService.Search;

namespace HpoService.Cli.Commands.Bench;

internal static class InsightCommand
{
    public static Command Create()
    {
        var trials = new Option<string>("--trials") { Description = "Completed trials, separated by commas.", DefaultValueFactory = _ => "1000,10000,100000" };
        var rounds = new Option<int>("--rounds") { Description = "How often each request is sent.", DefaultValueFactory = _ => 20 };
        var database = new Option<string>("--database") { Description = "sqlite; postgres: a server of its own, from Debian's package; or a connection string.", DefaultValueFactory = _ => "sqlite" };
        var command = new Command("insight", "Times what a study's page asks for, over long histories.") { trials, rounds, database };
        command.SetAction((parsed, cancellationToken) => BenchCommand.GuardAsync(() => InsightBench.MeasureAsync(
            new InsightRequest
            {
                Program = Environment.ProcessPath!,
                Trials = [.. BenchCommand.List(parsed.GetValue(trials)!).Select(part => AtLeast(2, int.TryParse(part, out var n) ? n : -1, "trials"))],
                Rounds = AtLeast(1, parsed.GetValue(rounds), "rounds"),
                Database = parsed.GetValue(database)!,
            },
            Console.Out, cancellationToken)));
        return command;
    }

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new HpoException($"/{name}", $"{name} must be whole numbers from {least}, but got {value}.");
}
