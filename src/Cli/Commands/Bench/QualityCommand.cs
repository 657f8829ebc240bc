using System.CommandLine;
using System.Text.Json;
using HpoService.Bench;

namespace HpoService.Cli.Commands.Bench;

internal static class QualityCommand
{
    private static readonly Option<string> Sampler = new("--sampler")
    {
        Description = "Kinds, separated by commas; the first is judged, the others stand beside it.", DefaultValueFactory = _ => "gp",
    };

    private static readonly Option<string?> Tasks = new("--tasks") { Description = "Names and groups (functions, tables, robust, highdim, mixed, conditional, bbob, all)." };
    private static readonly Option<int?> Trials = new("--trials") { Description = "Trials of a search; default: 100, highdim 200." };
    private static readonly Option<string?> Seeds = new("--seeds") { Description = "How many from 0, or a range such as 3-7." };
    private static readonly Option<int> Parallel = new("--parallel") { Description = "Trials running at once in one search.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> Jobs = new("--jobs") { Description = "Searches running at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<string?> Options = new("--options") { Description = "The first sampler's options, a JSON object." };
    private static readonly Option<string?> Label = new("--label") { Description = "The first sampler's name in results; default: its kind." };
    private static readonly Option<string?> Data = new("--data") { Description = "The folder of the tables." };
    private static readonly Option<string?> Reference = new("--reference") { Description = "Recorded runs to compare with: a folder of .jsonl files, or one." };
    private static readonly Option<string?> Out = new("--out") { Description = "Where to write one JSON line a search." };
    private static readonly Option<string?> Size = new("--size") { Description = "minute or nightly: the defaults of tasks, trials and seeds." };

    public static Command Create()
    {
        Size.AcceptOnlyFromAmong("minute", "nightly");
        var command = new Command("quality", "Searches known tasks with the real samplers.")
        {
            Sampler, Tasks, Trials, Seeds, Parallel, Jobs, Options, Label, Data, Reference, Out, Size,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () => BenchCommand.Guard(() => QualityBench.Measure(Request(parsed), Console.Out, Console.Error, cancellationToken)), cancellationToken));
        return command;
    }

    private static QualityRequest Request(ParseResult parsed)
    {
        var size = QualitySize.Named(parsed.GetValue(Size), parsed.GetValue(Data) is not null);
        return new QualityRequest
        {
            Samplers = BenchCommand.List(parsed.GetValue(Sampler)!),
            Tasks = parsed.GetValue(Tasks) is { } tasks ? BenchCommand.List(tasks) : size.Tasks,
            Trials = parsed.GetValue(Trials) ?? size.Trials,
            Seeds = QualityRequest.ReadSeeds(parsed.GetValue(Seeds) ?? size.Seeds),
            Parallel = parsed.GetValue(Parallel),
            Jobs = parsed.GetValue(Jobs),
            Options = parsed.GetValue(Options) is { } json ? JsonElement.Parse(json) : null,
            Label = parsed.GetValue(Label),
            Data = parsed.GetValue(Data),
            Reference = parsed.GetValue(Reference),
            Out = parsed.GetValue(Out),
        };
    }
}
