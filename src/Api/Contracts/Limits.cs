using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Api.Contracts;

/// <summary>How long the free texts and lists of a request may be, in characters and items, so that one request cannot fill the database
/// or hold its writers up.</summary>
internal static class Limits
{
    public const int Description = 10_000, Labels = 64, LabelKey = StudyStore.MostKey, LabelValue = 1000, Worker = 200, Reason = 10_000,
        Trials = 1000, Imported = 10_000, Metrics = 1000, MetricName = 200, UserAttributes = 65_536, IdempotencyKey = 255;

    public static IEnumerable<Violation> OfStudy(string? description, IReadOnlyDictionary<string, string>? labels, int trials = 0)
    {
        foreach (var violation in OfText("description", description, 0, Description))
            yield return violation;
        if (labels?.Count > Labels)
            yield return new Violation("/labels", $"number of labels <= {Labels} must hold, but got {labels.Count}.");
        foreach (var (key, value) in (labels ?? new Dictionary<string, string>()).Where(l => l.Key.Length is < 1 or > LabelKey || l.Value.Length > LabelValue))
            yield return new Violation(At("/labels", key, LabelKey), $"1 <= key length <= {LabelKey} and value length <= {LabelValue} must hold, but got {key.Length} and {value.Length}.");
        if (trials > Trials)
            yield return new Violation("/initialTrials", $"number of initial trials <= {Trials} must hold, but got {trials}.");
    }

    public static string[] CheckLabels(string[] wanted) => wanted.Length <= Labels
        ? wanted
        : throw new InvalidValuesException("/label", $"number of labels <= {Labels} must hold, but got {wanted.Length}.");

    public static int CheckCount(int count) => count is >= 1 and <= Trials
        ? count
        : throw new InvalidStudyException("/count", $"1 <= count <= {Trials} must hold, but got {count}.");

    public static string CheckWorker(string worker) => CheckText("worker", worker, 1, Worker)!;

    public static string? CheckReason(string? reason, string name = "reason") => CheckText(name, reason, 0, Reason);

    public static string? CheckSuggestedBy(string? method) => CheckText("suggestedBy", method, 0, Worker);

    public static List<T> CheckTrials<T>(List<T> trials, int most = Trials) => trials.Count <= most
        ? trials
        : throw new InvalidValuesException("/trials", $"number of trials <= {most} must hold, but got {trials.Count}.");

    public static Dictionary<string, double> CheckMetrics(Dictionary<string, double> values)
    {
        var bad = values.Keys.Where(name => name.Length is < 1 or > MetricName)
            .Select(name => new Violation(At("/values", name, MetricName), $"1 <= metric name length <= {MetricName} must hold, but got {name.Length}."));
        if (values.Count > Metrics)
            bad = bad.Prepend(new Violation("/values", $"number of metrics <= {Metrics} must hold, but got {values.Count}."));
        return bad.Any() ? throw new InvalidValuesException([.. bad]) : values;
    }

    private static string? CheckText(string name, string? text, int least, int most) =>
        OfText(name, text, least, most).FirstOrDefault() is { } violation ? throw new InvalidValuesException([violation]) : text;

    // The field; of a name without measure only where it stands.
    private static string At(string map, string name, int most) => name.Length > most ? map : $"{map}/{JsonPointer.Part(name)}";

    // PostgreSQL has no text with U+0000; what the other database would take must be the same.
    private static IEnumerable<Violation> OfText(string name, string? text, int least, int most)
    {
        if (text is not null && (text.Length < least || text.Length > most))
            yield return new Violation($"/{name}", $"{(least > 0 ? $"{least} <= " : "")}{name} length <= {most} must hold, but got {text.Length}.");
        else if (text?.Contains('\0') == true)
            yield return new Violation($"/{name}", $"{name} must hold no character U+0000, but got one at {text.IndexOf('\0')}.");
    }

    // Not a JsonObject from the start: reading one with a name twice throws what only a bug may throw.
    public static JsonObject CheckAttributes(JsonElement attributes)
    {
        if (attributes.ValueKind != JsonValueKind.Object)
            throw new InvalidValuesException("/userAttributes", $"userAttributes must be an object, but got {attributes.ValueKind.ToString().ToLowerInvariant()}.");
        return attributes.GetRawText() is { Length: > UserAttributes } json
            ? throw new InvalidValuesException("/userAttributes", $"userAttributes length <= {UserAttributes} must hold as JSON, but got {json.Length}.")
            : JsonObject.Create(attributes)!;
    }

    public static string CheckIdempotencyKey(string key) => key.Length is >= 1 and <= IdempotencyKey
        ? key
        : throw new InvalidValuesException("", $"1 <= Idempotency-Key length <= {IdempotencyKey} must hold, but got {key.Length}.");
}
