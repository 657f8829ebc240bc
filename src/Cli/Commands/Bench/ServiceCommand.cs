using System.CommandLine;
using HpoService.Bench;
using HpoService.Search;

namespace HpoService.Cli.Commands.Bench;

internal static class ServiceCommand
{
    public static Command Create()
    {
        var clients = new Option<int>("--clients") { Description = "Keep-alive connections, one request at a time each.", DefaultValueFactory = _ => 16 };
        var seconds = new Option<double>("--seconds") { Description = "How long each scenario is measured.", DefaultValueFactory = _ => 20 };
        var rounds = new Option<int>("--rounds") { Description = "Into how many rounds the seconds are split; scenarios and floors take turns.", DefaultValueFactory = _ => 3 };
        var sampler = new Option<string>("--sampler") { Description = "The studies' sampler.", DefaultValueFactory = _ => "random" };
        var studies = new Option<string>("--studies") { Description = "How many studies; several numbers are several scenarios.", DefaultValueFactory = _ => "1" };
        var history = new Option<string>("--history") { Description = "Completed trials in each study before; several numbers are several scenarios.", DefaultValueFactory = _ => "0" };
        var work = new Option<double>("--work") { Description = "Milliseconds that a client works on a trial between suggest and complete." };
        var database = new Option<string>("--database") { Description = "sqlite; postgres: a server of its own, from Debian's package; or a connection string.", DefaultValueFactory = _ => "sqlite" };
        var streams = new Option<int>("--streams") { Description = "Idle event streams that are open meanwhile." };
        var against = new Option<string?>("--against") { Description = "The program of another build (…/src/Cli/bin/Release/net10.0/hpo): every scenario is measured with both, in turn." };
        var command = new Command("service", "Loads the service with pairs of suggest and complete, beside the floors of HTTP and of the database.")
        {
            clients, seconds, rounds, sampler, studies, history, work, streams, database, against,
        };
        command.SetAction((parsed, cancellationToken) => BenchCommand.GuardAsync(() => ServiceBench.MeasureAsync(
            new ServiceRequest
            {
                Program = Environment.ProcessPath!,
                Against = parsed.GetValue(against) is { } other ? Existing(other) : null,
                Clients = AtLeast(1, parsed.GetValue(clients), "clients"),
                Seconds = parsed.GetValue(seconds),
                Rounds = AtLeast(1, parsed.GetValue(rounds), "rounds"),
                Sampler = parsed.GetValue(sampler)!,
                Studies = Numbers(1, parsed.GetValue(studies)!, "studies"),
                Histories = Numbers(0, parsed.GetValue(history)!, "history"),
                Work = TimeSpan.FromMilliseconds(parsed.GetValue(work)),
                Streams = parsed.GetValue(streams),
                Database = parsed.GetValue(database)!,
            },
            Console.Out, cancellationToken)));
        return command;
    }

    private static string Existing(string program) =>
        File.Exists(program) ? program : throw new HpoException("/against", $"against must be a program's file, but there is no {program}.");

    private static int[] Numbers(int least, string text, string name) => [.. BenchCommand.List(text).Select(part => AtLeast(least, int.TryParse(part, out var n) ? n : -1, name))];

    private static int AtLeast(int least, int value, string name) =>
        value >= least ? value : throw new HpoException($"/{name}", $"{name} must be whole numbers from {least}, but got {value}.");
}
