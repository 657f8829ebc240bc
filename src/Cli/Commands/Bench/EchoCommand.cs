using System.CommandLine;

namespace HpoService.Cli.Commands.Bench;

/// <summary>The floor of <c>bench service</c>: the least that an answer over HTTP costs with this framework.</summary>
internal static class EchoCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen.", DefaultValueFactory = _ => "http://127.0.0.1:0" };
        var command = new Command("echo", "A bare server that answers what it gets.") { urls };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var builder = WebApplication.CreateSlimBuilder(Hosting.FixedSettings);
            builder.WebHost.UseUrls(parsed.GetValue(urls)!);
            builder.Logging.ClearProviders();
            await using var app = builder.Build();
            app.MapPost("/", (Message message) => message);
            await app.StartAsync(cancellationToken);
            Console.WriteLine($"listening on {app.Urls.First()}");
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        });
        return command;
    }

    private sealed record Message(int Number, string Text);
}
