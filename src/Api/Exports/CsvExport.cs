using System.Globalization;
using System.Text;
using HpoService.Search.Spaces;
using HpoService.Storage;

namespace HpoService.Api.Exports;

/// <summary>Trials as CSV (RFC 4180, UTF-8).</summary>
/// <remarks>A spreadsheet runs a text that begins with one of <c>= + - @</c>, tab or return as a formula; names, choices and messages come from
/// anybody. CsvHelper's protection was rejected: it also turns negative numbers into texts.</remarks>
internal static class CsvExport
{
    private static readonly string[] Columns = ["number", "state", "attempt", "worker", "suggestedBy", "createdAt", "startedAt", "completedAt", "error"];

    public static async Task WriteAsync(ExportSource source, Stream to, CancellationToken cancellationToken)
    {
        string[] parameters = [.. source.Study.Definition.Space.Parameters.Select(p => p.Name)];
        var line = new StringBuilder();
        Append(line, [.. Columns, .. parameters.Select(p => Text($"parameters.{p}")), .. source.Metrics.Select(m => Text($"values.{m}")), "userAttributes"]);
        await foreach (var page in source.PagesAsync(withMeasurements: false, cancellationToken))
        {
            foreach (var trial in page)
                Append(line, Cells(trial, parameters, source.Metrics));
            await to.WriteAsync(Encoding.UTF8.GetBytes(line.ToString()), cancellationToken);
            line.Clear();
        }
    }

    /// <summary>A text as a cell: harmless to a spreadsheet, quoted where it must be.</summary>
    public static string Text(string? text)
    {
        if (text is null)
            return "";
        // Of any width, and after any space.
        if (text.TrimStart(' ') is ['\t' or '\r' or '\n', ..] || text.TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..])
            text = $"'{text}";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
    }

    private static IEnumerable<string> Cells(TrialView trial, string[] parameters, IReadOnlyList<string> metrics) =>
    [
        $"{trial.Number}", trial.State.ToString().ToLowerInvariant(), $"{trial.Attempt}", Text(trial.Worker), Text(trial.SuggestedBy),
        Time(trial.CreatedAt), Time(trial.StartedAt), Time(trial.CompletedAt), Text(trial.Error),
        .. parameters.Select(p => trial.Parameters.TryGetValue(p, out var value) ? value.Kind == ParameterValueKind.Text ? Text(value.Text) : value.ToString() : ""),
        .. metrics.Select(m => trial.Values?.TryGetValue(m, out var value) == true ? value.ToString("R", CultureInfo.InvariantCulture) : ""),
        Text(trial.UserAttributes?.ToJsonString()),
    ];

    private static void Append(StringBuilder line, IEnumerable<string> cells) => line.AppendJoin(',', cells).Append("\r\n");

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";
}
