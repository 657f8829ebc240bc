using System.CommandLine;
using HpoService.Training.Bench;

namespace HpoService.Cli.Commands.Bench;

internal static class TrainingCommand
{
    public static Command Create()
    {
        var networks = new Option<string?>("--networks") { Description = $"Some of {string.Join(", ", TrainingBench.Names)}." };
        var runs = new Option<int>("--runs") { Description = "Runs of each; the medians count.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Of a run.", DefaultValueFactory = _ => 3 };
        var python = new Option<string>("--python") { Description = "A Python with torch, to compare with; none = no comparison.", DefaultValueFactory = _ => "/usr/bin/python3" };
        var script = new Option<string>("--script") { Description = "What it runs.", DefaultValueFactory = _ => "benchmarks/peers/torch_steps.py" };
        var memory = new Option<int?>("--memory") { Description = "Instead of speed: the process's memory over so many steps." };
        var command = new Command("training", "Steps a second of training, one thread, beside Python's torch.") { networks, runs, seconds, python, script, memory };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => BenchCommand.Guard(() =>
            {
                var names = parsed.GetValue(networks) is { } some ? BenchCommand.List(some) : TrainingBench.Names;
                if (parsed.GetValue(memory) is { } steps)
                    TrainingBench.MeasureMemory(names, steps, Console.Out, cancellationToken);
                else
                    TrainingBench.Measure(
                        names, parsed.GetValue(runs), parsed.GetValue(seconds), parsed.GetValue(python) is var p && p == "none" ? null : [p!, parsed.GetValue(script)!],
                        Console.Out, cancellationToken);
            }),
            cancellationToken));
        return command;
    }
}
