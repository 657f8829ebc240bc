using System.CommandLine;

namespace HpoService.Cli.Commands;

internal static class WorkerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder of the service's files, and of its database unless that is elsewhere.", DefaultValueFactory = _ => "./data" };
        var database = DatabaseOption.Create();
        var slots = Hosting.SlotsOption("How many trials to run at once.", least: 1, otherwise: Environment.ProcessorCount);
        var name = new Option<string?>("--name") { Description = "Its name, unique among the workers; default: machine and process." };
        var commands = Hosting.CommandsOption();
        var metrics = new Option<string?>("--metrics") { Description = "Where to serve this process's metrics for Prometheus, such as http://127.0.0.1:9465; default: nowhere." };
        var command = new Command("worker", "Runs a worker alone, over the database of a service.") { data, database, slots, name, commands, metrics };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = await Hosting.BuildWorkerAsync(
                parsed.GetValue(data)!, parsed.GetValue(database), parsed.GetValue(slots), parsed.GetValue(name), parsed.GetValue(commands), parsed.GetValue(metrics), cancellationToken);
            if (host is WebApplication app && await Exposure.RefusalAsync(app, "metrics", parsed.GetValue(metrics)!, cancellationToken) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return 1;
            }

            await host.StartAsync(cancellationToken);
            foreach (var url in (host as WebApplication)?.Urls ?? [])
                Console.WriteLine($"metrics on {url}/metrics");
            Console.WriteLine("worker ready");
            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
