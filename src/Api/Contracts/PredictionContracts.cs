using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;
using HpoService.Storage;

namespace HpoService.Api.Contracts;

/// <summary>Rows for a study's model.</summary>
/// <param name="Rows">1 to 10,000. Of a table: values by column, null where one is missing. Images and sequences: nested arrays of numbers. Text: what goes before.</param>
/// <param name="Trial">Whose model; default: the one trained again on all data, or else the best trial's.</param>
public sealed record PredictRequest(List<JsonElement> Rows, int? Trial = null)
{
    internal const int Most = 10_000;

    internal List<JsonElement> Checked() => Rows.Count is >= 1 and <= Most ? Rows
        : throw new InvalidValuesException("/rows", $"1 <= number of rows <= {Most} must hold, but got {Rows.Count}.");
}

/// <summary>What a model says of rows.</summary>
/// <param name="Study">The study whose trial trained it.</param>
/// <param name="Trial">The trial.</param>
/// <param name="Retrained">Whether it was trained again on all data.</param>
/// <param name="Model">Its kind.</param>
/// <param name="Dataset">What it was trained on.</param>
/// <param name="Goal">What it has learned.</param>
/// <param name="Columns">What a row of a table has.</param>
/// <param name="Classes">The classes' names.</param>
/// <param name="Targets">The names of what is predicted as numbers.</param>
/// <param name="Predictions">One for each row, in their order.</param>
public sealed record PredictionAnswer(
    string Study, int Trial, bool Retrained, string Model, string Dataset, GoalKind Goal, IReadOnlyList<string> Columns, IReadOnlyList<string> Classes,
    IReadOnlyList<string> Targets, IReadOnlyList<Prediction> Predictions)
{
    internal static PredictionAnswer Of(TrialModel m, Predictions p) => new(
        m.Study.Definition.Name, m.Trial.Number, m.IsRetrained, p.Model, p.DataSet, p.Goal, p.Columns, p.Classes, p.Targets, p.Items);
}

/// <summary>Which trial to train again on all data.</summary>
/// <param name="Trial">The trial; default: the best.</param>
/// <param name="Name">The name of the study that does it; default: the study's with -retrained.</param>
public sealed record RetrainRequest(int? Trial = null, string? Name = null)
{
    /// <summary>A study of that one trial: its settings and parameters, on all data, for as many epochs as its best weights had.</summary>
    internal StudyDefinition ToDefinition(TrialModel model)
    {
        var source = model.Study.Definition;
        var settings = source.Runner.Settings is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)!.DeepClone().AsObject() : [];
        (settings["trainOn"], settings["stopAfter"]) = ("all", PredictionStore.EpochOf(model));
        return new StudyDefinition(
            Name ?? $"{source.Name}-retrained", source.Space, [new Objective("loss", Direction.Minimize)], new SamplerSettings("random", source.Sampler.Seed),
            source.Pruner with { Kind = "none", Options = null }, new Budget { MaxTrials = 1, MaxTrialSeconds = null }, source.MaxAttempts,
            source.Runner with { Settings = JsonSerializer.SerializeToElement(settings, HpoJson.Options) });
    }
}
