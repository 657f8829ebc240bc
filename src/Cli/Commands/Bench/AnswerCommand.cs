using System.CommandLine;
using HpoService.Bench;

namespace HpoService.Cli.Commands.Bench;

internal static class AnswerCommand
{
    public static Command Create()
    {
        var task = new Argument<string>("task") { Description = "The task's name." };
        var seed = new Option<long>("--seed") { Description = "What noise depends on." };
        var data = new Option<string?>("--data") { Description = "The folder of the tables." };
        var command = new Command("answer", "Answers what trials of a task end with, for a sampler in another program: JSON lines.") { task, seed, data };
        command.SetAction(parsed => BenchCommand.Guard(() =>
            AnswerBench.Answer(parsed.GetValue(task)!, parsed.GetValue(seed), parsed.GetValue(data), Console.In, Console.Out)));
        return command;
    }
}
