using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>Rows to domain and back.</summary>
internal static class Mapping
{
    // Diverged metrics are NaN or infinite: JSON has no such numbers, the strings stand in.
    private static readonly JsonSerializerOptions Metrics = new(HpoJson.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, HpoJson.Options);

    public static T FromJson<T>(string json) => JsonSerializer.Deserialize<T>(json, HpoJson.Options)!;

    /// <summary>False for what this version cannot read.</summary>
    public static bool TryFromJson<T>(string json, out T value)
    {
        try
        {
            value = FromJson<T>(json);
            return true;
        }
        catch (JsonException)
        {
            value = default!;
            return false;
        }
    }

    public static string MetricsToJson(IReadOnlyDictionary<string, double> values) => JsonSerializer.Serialize(values, Metrics);

    public static IReadOnlyDictionary<string, double> MetricsFromJson(string json) => JsonSerializer.Deserialize<Dictionary<string, double>>(json, Metrics)!;

    public static string MeasurementToJson(Measurement measurement) => JsonSerializer.Serialize(measurement, Metrics);

    public static Measurement MeasurementFromJson(string json) => JsonSerializer.Deserialize<Measurement>(json, Metrics)!;

    public static StudyDefinition ToDefinition(this StudyRow row) => DefinitionColumns.Of(row).ToDefinition();

    public static StudyView ToView(this StudyRow row, TrialView? best)
    {
        var definition = row.ToDefinition();
        return new StudyView(
            row.Id, definition, row.Description, FromJson<Dictionary<string, string>>(row.LabelsJson), row.State, row.CompletionReason,
            ToTime(row.CreatedAt), ToTime(row.UpdatedAt), ToTime(row.CompletedAt),
            Enum.GetValues<TrialState>().ToDictionary(state => state, row.CountOf), best, definition.Objectives.Count > 1 ? row.FrontSize ?? 0 : null, row.Version);
    }

    public static TrialView ToView(this TrialRow row, IReadOnlyList<Measurement>? measurements = null, bool withLease = false) => new(
        row.Number, row.State, row.Parameters(), row.Attempt, row.Worker,
        measurements ?? row.Latest(),
        row.ValuesJson is null ? null : MetricsFromJson(row.ValuesJson),
        row.Error, row.SuggestedBy, ToTime(row.CreatedAt), ToTime(row.StartedAt), ToTime(row.CompletedAt),
        withLease && row is { LeaseToken: { } token, LeaseExpiresAt: { } expiresAt } ? new Lease(token, ToTime(expiresAt)) : null,
        row.UserAttributesJson is null ? null : JsonNode.Parse(row.UserAttributesJson)!.AsObject(),
        row.Version, row.IsFeasible);

    public static TrialSnapshot ToSnapshot(this TrialRow row, IReadOnlyList<Measurement>? measurements = null)
    {
        var reported = measurements ?? row.Latest();
        var values = row.ValuesJson is not null ? MetricsFromJson(row.ValuesJson)
            : row.State == TrialState.Pruned && reported.Count > 0 ? reported[^1].Values
            : new Dictionary<string, double>();
        // To samplers a trial that broke a constraint is infeasible; by how much it did, its values tell.
        return new TrialSnapshot(row.Number, row.IsFeasible == false ? TrialState.Infeasible : row.State, row.Parameters(), values, reported);
    }

    public static Measurement ToMeasurement(this MeasurementRow row) => new(row.Step, MetricsFromJson(row.ValuesJson));

    public static DateTimeOffset ToTime(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? ToTime(long? milliseconds) => milliseconds is { } ms ? ToTime(ms) : null;

    private static IReadOnlyList<Measurement> Latest(this TrialRow row) =>
        row.LatestMeasurementJson is null ? [] : [MeasurementFromJson(row.LatestMeasurementJson)];
}
