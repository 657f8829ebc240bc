using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Client;
using HpoService.Search;
using HpoService.Training.Predicting;

namespace HpoService.Cli.Commands;

/// <summary>Uses a study's model on a file of rows, and trains it again on all data.</summary>
internal static class PredictCommand
{
    private const int Rows = 1000; // a request
    private static readonly Option<string> Study = new("--study") { Description = "The study's name or id.", Required = true };
    private static readonly Option<int?> Trial = new("--trial") { Description = "Whose model; default: the one trained again on all data, or else the best trial's." };
    private static readonly Option<string> Url = new("--url") { Description = "The service.", DefaultValueFactory = _ => "http://127.0.0.1:8080" };

    public static Command Create()
    {
        var file = new Argument<string>("rows") { Description = "CSV with the data set's columns, or a JSON array of rows." };
        var command = new Command("predict", "Predicts rows with a study's best model, and writes them as CSV.") { file, Study, Trial, Url };
        command.SetAction((parsed, cancellationToken) => GuardAsync(parsed, async client =>
        {
            var rows = RowFile.Read(parsed.GetValue(file)!);
            for (var start = 0; start < rows.Count; start += Rows)
                Write(await PartAsync(client, parsed, rows, start, cancellationToken), start == 0);
        }));
        return command;
    }

    public static Command CreateRetrain()
    {
        var watch = new Option<bool>("--watch") { Description = "Wait for its end." };
        var command = new Command("retrain", "Trains a study's best trial again on all data; predictions then use that model.") { Study, Trial, Url, watch };
        command.SetAction((parsed, cancellationToken) => GuardAsync(parsed, async client =>
        {
            var study = await client.RetrainAsync(parsed.GetValue(Study)!, parsed.GetValue(Trial), null, cancellationToken);
            Console.WriteLine($"study {study.Name} (id {study.Id}) is {study.State}.");
            if (parsed.GetValue(watch))
                await Watching.FollowAsync(client, study.Name, cancellationToken);
        }));
        return command;
    }

    // Errors count rows from the part's start: the first row of the file is 0.
    private static async Task<PredictionAnswer> PartAsync(HpoClient client, ParseResult parsed, IReadOnlyList<JsonNode?> rows, int start, CancellationToken cancellationToken)
    {
        try
        {
            return await client.PredictAsync(
                parsed.GetValue(Study)!, new JsonArray([.. rows.Skip(start).Take(Rows).Select(r => r?.DeepClone())]), parsed.GetValue(Trial), cancellationToken);
        }
        catch (HpoProblemException) when (start > 0)
        {
            await Console.Error.WriteLineAsync($"In the rows from number {start} on, which is row 0 there:");
            throw;
        }
    }

    private static void Write(PredictionAnswer answer, bool isFirst)
    {
        if (isFirst)
            Console.WriteLine(string.Join(',', answer.Targets.Count > 0 ? answer.Targets.Select(Quoted) : ["class", "probability"]));
        foreach (var prediction in answer.Predictions)
            Console.WriteLine(prediction.Values is { } values
                ? string.Join(',', answer.Targets.Select(t => values[t].ToString("R", CultureInfo.InvariantCulture)))
                : $"{Quoted(prediction.Class!)},{prediction.Probability?.ToString("0.######", CultureInfo.InvariantCulture)}");
    }

    private static string Quoted(string text) => text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";

    private static async Task<int> GuardAsync(ParseResult parsed, Func<HpoClient, Task> action)
    {
        using var http = Http.Create(parsed.GetValue(Url)!);
        try
        {
            await action(new HpoClient(http));
            return 0;
        }
        catch (Exception e) when (e is HpoProblemException or HpoException or JsonException or IOException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
