using System.CommandLine;

namespace HpoService.Cli.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen; port 0 takes a free one.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var data = new Option<string>("--data") { Description = "The folder that keeps everything, or all but the database.", DefaultValueFactory = _ => "./data" };
        var database = DatabaseOption.Create();
        var slots = Hosting.SlotsOption("How many trials its worker runs at once; 0 = no worker.", least: 0, otherwise: 2);
        var commands = Hosting.CommandsOption();
        var command = new Command("serve", "Runs API, worker and page together.") { urls, data, database, slots, commands };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = await Hosting.BuildServiceAsync(
                parsed.GetValue(urls)!, parsed.GetValue(data)!, parsed.GetValue(slots), LogLevel.Warning, cancellationToken, parsed.GetValue(commands), parsed.GetValue(database));
            if (await Exposure.RefusalAsync(app, "urls", parsed.GetValue(urls)!, cancellationToken) is { } refusal)
            {
                await Console.Error.WriteLineAsync(refusal);
                return 1;
            }

            await app.StartAsync(cancellationToken);
            foreach (var url in app.Urls)
                Console.WriteLine($"listening on {url}");
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
