using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Client;

/// <summary>A study; see the API's documentation for the fields.</summary>
public sealed record Study(
    long Id, string Name, string State, string? CompletionReason, IReadOnlyList<Objective> Objectives, IReadOnlyDictionary<string, int> TrialCounts,
    JsonElement? Best, long Version);

/// <summary>A metric to optimise.</summary>
public sealed record Objective(string Metric, string Direction);

/// <summary>A trial.</summary>
public sealed record Trial(
    int Number, string State, IReadOnlyDictionary<string, JsonElement> Parameters, int Attempt, string? Worker,
    IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, double>? Values, string? Error, string? SuggestedBy, Lease? Lease);

/// <summary>What a trial reported at one step.</summary>
public sealed record Measurement(
    long Step, [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Values);

/// <summary>The right to run a trial until a time.</summary>
public sealed record Lease(string Token, DateTimeOffset ExpiresAt);

/// <summary>Trials to run, and the study's state: of a final one there will be no more.</summary>
public sealed record Suggestions(IReadOnlyList<Trial> Trials, string StudyState);

/// <summary>What is known of a data set; see the API's documentation for the fields.</summary>
public sealed record DataSet(
    string Name, string Kind, string Goal, string Format, int Count, IReadOnlyList<int> Sizes, IReadOnlyList<string> Classes, IReadOnlyList<DataSetColumn> Columns, long Bytes,
    string? Target, bool Shipped);

/// <summary>A column of a table.</summary>
public sealed record DataSetColumn(string Name, int Missing, IReadOnlyList<string>? Categories, double? Mean, double? Deviation);

/// <summary>What a data set's file does not say itself.</summary>
/// <param name="Format">csv, npz, idx, images, sequences, text or series; null = by the file's name.</param>
/// <param name="Target">The target column; null = the last.</param>
/// <param name="Goal">classification or regression; null = by the target's values.</param>
/// <param name="Labels">The second file of IDX.</param>
/// <param name="ImageSize">Of a ZIP of images: the height and width that the middle of each is brought to, 1 to 1024; null = they have one size.</param>
/// <param name="ImageChannels">Of a ZIP of images: 1 (gray) or 3 (colours), which each is brought to; null = they have one number.</param>
public sealed record DataSetOptions(string? Format = null, string? Target = null, string? Goal = null, Stream? Labels = null, int? ImageSize = null, int? ImageChannels = null);

/// <summary>What a model says of rows.</summary>
public sealed record PredictionAnswer(
    string Study, int Trial, bool Retrained, string Model, string Dataset, string Goal, IReadOnlyList<string> Columns, IReadOnlyList<string> Classes,
    IReadOnlyList<string> Targets, IReadOnlyList<Prediction> Predictions);

/// <summary>What a model says of one row: the likeliest class with the probability of each, or numbers by target.</summary>
public sealed record Prediction(string? Class, double? Probability, IReadOnlyDictionary<string, double>? Probabilities, IReadOnlyDictionary<string, double>? Values);
