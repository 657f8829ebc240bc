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
        if (description?.Length > Description)
            yield return new Violation("/description", $"description length <= {Description} must hold, but got {description.Length}.");
        if (labels?.Count > Labels)
            yield return new Violation("/labels", $"number of labels <= {Labels} must hold, but got {labels.Count}.");
        if (labels?.FirstOrDefault(l => l.Key.Length is < 1 or > LabelKey || l.Value.Length > LabelValue) is { Key: { } key, Value: { } value })
            yield return new Violation("/labels", $"1 <= key length <= {LabelKey} and value length <= {LabelValue} must hold, but got {key.Length} and {value.Length}.");
        if (trials > Trials)
            yield return new Violation("/initialTrials", $"number of initial trials <= {Trials} must hold, but got {trials}.");
    }

    public static void CheckStudy(string? description, IReadOnlyDictionary<string, string>? labels)
    {
        if (OfStudy(description, labels).ToList() is { Count: > 0 } violations)
            throw new InvalidStudyException(violations);
    }

    public static string[] CheckLabels(string[] wanted) => wanted.Length <= Labels
        ? wanted
        : throw new InvalidValuesException("/label", $"number of labels <= {Labels} must hold, but got {wanted.Length}.");

    public static string CheckWorker(string worker) => worker.Length is >= 1 and <= Worker
        ? worker
        : throw new InvalidValuesException("/worker", $"1 <= worker length <= {Worker} must hold, but got {worker.Length}.");

    public static string? CheckReason(string? reason) => reason is null or { Length: <= Reason }
        ? reason
        : throw new InvalidValuesException("/reason", $"reason length <= {Reason} must hold, but got {reason.Length}.");

    public static List<T> CheckTrials<T>(List<T> trials, int most = Trials) => trials.Count <= most
        ? trials
        : throw new InvalidValuesException("/trials", $"number of trials <= {most} must hold, but got {trials.Count}.");

    public static Dictionary<string, double> CheckMetrics(Dictionary<string, double> values)
    {
        if (values.Count > Metrics)
            throw new InvalidValuesException("/values", $"number of metrics <= {Metrics} must hold, but got {values.Count}.");
        return values.Keys.FirstOrDefault(name => name.Length is < 1 or > MetricName) is { } bad
            ? throw new InvalidValuesException("/values", $"1 <= metric name length <= {MetricName} must hold, but got {bad.Length}.")
            : values;
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
