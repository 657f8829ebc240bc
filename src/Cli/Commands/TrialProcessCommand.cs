using System.CommandLine;
using HpoService.Worker.Processes;

namespace HpoService.Cli.Commands;

internal static class TrialProcessCommand
{
    public const string Name = "trial-process";

    public static Command Create()
    {
        var command = new Command(Name, "Trains what a worker writes to its input.") { Hidden = true };
        // Its end is the end of its input: a signal to the process group, such as Ctrl+C, is the worker's to handle.
        command.SetAction((_, _) =>
        {
            Console.CancelKeyPress += (_, e) => e.Cancel = true;
            return TrialProcessMain.RunAsync(Console.In, Console.Out);
        });
        return command;
    }
}
