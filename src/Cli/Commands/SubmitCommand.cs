using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Client;

namespace HpoService.Cli.Commands;

internal static class SubmitCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A study as JSON; see /swagger for the fields." };
        var url = new Option<string>("--url") { Description = "The service.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };
        var watch = new Option<bool>("--watch") { Description = "Show its trials until it is complete." };
        var command = new Command("submit", $"Submits a study. Where the service wants a key, it is taken from {Http.KeyVariable}.") { file, url, watch };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetValue(file)!, parsed.GetValue(url)!, parsed.GetValue(watch), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, string url, bool watch, CancellationToken cancellationToken)
    {
        using var http = Http.Create(url);
        var client = new HpoClient(http);
        try
        {
            var node = JsonNode.Parse(await File.ReadAllTextAsync(file.FullName, cancellationToken)) as JsonObject
                ?? throw new JsonException("A study must be a JSON object.");
            var study = await client.CreateStudyAsync(node, cancellationToken);
            Console.WriteLine($"study {study.Name} (id {study.Id}) is {study.State}: {url}/#/studies/{study.Name}");
            if (!watch)
                return 0;
            var end = await Watching.FollowAsync(client, study.Name, cancellationToken);
            Console.WriteLine($"{end.State} {end.CompletionReason}: {end.Best}");
            return end.State == "completed" ? 0 : 1;
        }
        catch (Exception e) when (e is HpoProblemException or JsonException or IOException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
