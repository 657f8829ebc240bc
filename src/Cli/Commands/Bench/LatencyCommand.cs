using System.CommandLine;
using System.Text.Json;
using HpoService.Bench;
using HpoService.Search;

namespace HpoService.Cli.Commands.Bench;

internal static class LatencyCommand
{
    public static Command Create()
    {
        var sampler = new Option<string>("--sampler") { Description = "Kinds, separated by commas.", DefaultValueFactory = _ => "gp" };
        var trials = new Option<string?>("--trials") { Description = "Lengths of the history, separated by commas." };
        var dims = new Option<int>("--dims") { Description = "Parameters.", DefaultValueFactory = _ => 10 };
        var mixed = new Option<bool>("--mixed") { Description = "A third each of floats, ints and categoricals instead of floats only." };
        var options = new Option<string?>("--options") { Description = "The samplers' options, a JSON object." };
        var seconds = new Option<double?>("--seconds") { Description = "After how long a row takes no more repeats (3 to 20 are made)." };
        var size = new Option<string?>("--size") { Description = "minute or nightly: the defaults of trials and seconds." };
        size.AcceptOnlyFromAmong("minute", "nightly");
        var command = new Command("latency", "Times one suggestion on one thread, cold and warm.") { sampler, trials, dims, mixed, options, seconds, size };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => BenchCommand.Guard(() => LatencyBench.Measure(
            new LatencyRequest
            {
                Samplers = BenchCommand.List(parsed.GetValue(sampler)!),
                Trials = Sizes(parsed.GetValue(trials) ?? (parsed.GetValue(size) == "minute" ? "50,100,200,500" : "50,100,200,500,1000,2000,5000")),
                Dimensions = parsed.GetValue(dims),
                IsMixed = parsed.GetValue(mixed),
                Options = parsed.GetValue(options) is { } json ? JsonElement.Parse(json) : null,
                Seconds = parsed.GetValue(seconds) ?? (parsed.GetValue(size) == "minute" ? 5 : 30),
            },
            Console.Out, cancellationToken)), cancellationToken));
        return command;
    }

    private static int[] Sizes(string text) => [.. BenchCommand.List(text).Select(part =>
        int.TryParse(part, out var n) && n >= 0 ? n : throw new HpoException("/trials", $"trials must be whole numbers from 0, but got '{part}'."))];
}
