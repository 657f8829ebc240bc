using System.Globalization;
using HpoService.Client;

namespace HpoService.Cli.Commands;

/// <summary>Shows a study's trials as they change.</summary>
internal static class Watching
{
    /// <summary>Prints a line for each trial that starts or ends until the study is final.</summary>
    public static async Task<Study> FollowAsync(HpoClient client, string name, CancellationToken cancellationToken)
    {
        var study = await client.GetStudyAsync(name, cancellationToken);
        var (metric, maximize) = (study.Objectives[0].Metric, study.Objectives[0].Direction == "maximize");
        double? best = null;
        var shown = new Dictionary<int, string>();
        Console.WriteLine($"{"trial",5}  {"state",-10} {metric,12} {"best so far",12}  parameters");
        await foreach (var trial in client.WatchAsync(name, TimeSpan.FromMilliseconds(250), cancellationToken))
        {
            var state = $"{trial.State}#{trial.Attempt}";
            if (trial.State == "queued" || shown.GetValueOrDefault(trial.Number) == state)
                continue;
            shown[trial.Number] = state;
            double? value = trial.Values is { } values && values.TryGetValue(metric, out var v) ? v : null;
            if (value is not null && (best is null || (maximize ? value > best : value < best)))
                best = value;
            var parameters = string.Join(" ", trial.Parameters.Select(p => $"{p.Key}={Short(p.Value.ToString())}"));
            Console.WriteLine($"{trial.Number,5}  {trial.State,-10} {Number(value),12} {Number(best),12}  {parameters}{(trial.Error is null ? "" : "  " + trial.Error)}");
        }

        return await client.GetStudyAsync(name, cancellationToken);
    }

    private static string Number(double? value) => value?.ToString("G5", CultureInfo.InvariantCulture) ?? "";

    private static string Short(string text) => double.TryParse(text, out var number) ? number.ToString("G3", CultureInfo.InvariantCulture) : text;
}
