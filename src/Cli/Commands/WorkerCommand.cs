using System.CommandLine;

namespace HpoService.Cli.Commands;

internal static class WorkerCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder of the service's files, and of its database unless that is elsewhere.", DefaultValueFactory = _ => "./data" };
        var database = DatabaseOption.Create();
        var slots = new Option<int>("--slots") { Description = "How many trials to run at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var name = new Option<string?>("--name") { Description = "Its name, unique among the workers; default: machine and process." };
        var commands = Hosting.CommandsOption();
        var command = new Command("worker", "Runs a worker alone, over the database of a service.") { data, database, slots, name, commands };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var host = await Hosting.BuildWorkerAsync(parsed.GetValue(data)!, parsed.GetValue(database), parsed.GetValue(slots), parsed.GetValue(name), parsed.GetValue(commands), cancellationToken);
            await host.StartAsync(cancellationToken);
            Console.WriteLine("worker ready");
            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
