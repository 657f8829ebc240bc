using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Client;

namespace HpoService.Cli.Commands;

internal static class DemoCommand
{
    private const string Name = "digits-mlp";

    // Written out though it is the model's default space: the demo shows what a study looks like.
    private const string Study = """
        {"name":"digits-mlp","description":"An MLP on the UCI handwritten digits",
         "objectives":[{"metric":"accuracy","direction":"maximize"}],
         "parameters":[
          {"name":"learningRate","type":"float","low":1e-4,"high":0.1,"scale":"log"},
          {"name":"hidden","type":"int","low":16,"high":256,"scale":"log"},
          {"name":"layers","type":"int","low":1,"high":3},
          {"name":"dropout","type":"float","low":0,"high":0.5},
          {"name":"optimizer","type":"categorical","choices":["sgd","adam","rmsprop"]},
          {"name":"momentum","type":"float","low":0,"high":0.99,"when":{"parameter":"optimizer","in":["sgd"]}},
          {"name":"weightDecay","type":"float","low":1e-6,"high":1e-2,"scale":"log"},
          {"name":"batchSize","type":"ordinal","values":[16,32,64,128]}],
         "sampler":{"kind":"gp","seed":7},
         "budget":{"maxTrials":30,"maxParallelTrials":2},
         "runner":{"kind":"training","model":"mlp","dataset":"digits","settings":{"epochs":20}}}
        """;

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Leave the service running at the end." };
        var data = new Option<string?>("--data") { Description = "The folder that keeps everything; default: a new temporary one." };
        var command = new Command("demo", "Tunes a small network on handwritten digits: 30 trials, about a minute.") { keep, data };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data), parsed.GetValue(keep), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? data, bool keep, CancellationToken cancellationToken)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("hpo-demo-").FullName;
        await using var app = await Hosting.BuildServiceAsync("http://127.0.0.1:0", folder, slots: 2, LogLevel.Warning, cancellationToken);
        await app.StartAsync(cancellationToken);
        var url = app.Urls.First();
        Console.WriteLine($"The service runs at {url} (data in {folder}).");
        using var http = Http.Create(url);
        var client = new HpoClient(http);
        var started = TimeProvider.System.GetTimestamp();
        await SubmitAsync(client, cancellationToken);
        var study = await Watching.FollowAsync(client, Name, cancellationToken);
        Print(study, url, TimeProvider.System.GetElapsedTime(started));
        if (keep)
        {
            Console.WriteLine("The service goes on until Ctrl+C.");
            await app.WaitForShutdownAsync(cancellationToken);
        }

        await app.StopAsync(CancellationToken.None);
        if (data is null)
            Directory.Delete(folder, recursive: true);
        return study.State == "completed" && study.Best is not null ? 0 : 1;
    }

    private static async Task SubmitAsync(HpoClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateStudyAsync(JsonNode.Parse(Study)!.AsObject(), cancellationToken);
        }
        catch (HpoProblemException e) when (e.Status == 409)
        {
            Console.WriteLine("The study is there already, from an earlier run: it goes on.");
        }
    }

    private static void Print(Study study, string url, TimeSpan elapsed)
    {
        if (study.Best is not { } best)
        {
            Console.WriteLine($"No trial completed; the study is {study.State}.");
            return;
        }

        var values = best.GetProperty("values");
        Console.WriteLine();
        Console.WriteLine($"Best of {study.TrialCounts.Values.Sum()} trials: number {best.GetProperty("number")}, after {elapsed.TotalSeconds:F0} s");
        foreach (var parameter in best.GetProperty("parameters").EnumerateObject())
            Console.WriteLine($"  {parameter.Name,-14} {parameter.Value}");
        Console.WriteLine($"validation accuracy {Percent(values, "accuracy")}, test accuracy {Percent(values, "testAccuracy")}");
        Console.WriteLine($"{url}/#/studies/{Name}");
    }

    private static string Percent(JsonElement values, string metric) => values.GetProperty(metric).GetDouble().ToString("F4");
}
