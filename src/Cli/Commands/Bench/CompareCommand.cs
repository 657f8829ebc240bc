using System.CommandLine;
using HpoService.Bench;

namespace HpoService.Cli.Commands.Bench;

internal static class CompareCommand
{
    public static Command Create()
    {
        var runs = new Argument<string>("runs") { Description = "What quality --out wrote." };
        var data = new Option<string?>("--data") { Description = "The folder of the tables." };
        var reference = new Option<string?>("--reference") { Description = "Recorded runs to compare with: a folder of .jsonl files, or one." };
        var command = new Command("compare", "Prints the report of recorded runs, without searching.") { runs, data, reference };
        command.SetAction(parsed => BenchCommand.Guard(() =>
            QualityBench.Compare(parsed.GetValue(runs)!, parsed.GetValue(data), parsed.GetValue(reference), Console.Out)));
        return command;
    }
}
