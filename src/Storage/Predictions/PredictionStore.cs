using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Search.Models;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>A model that a trial has left.</summary>
/// <param name="Study">The study that trained it: the one asked for, or one that trained its best trial again on all data.</param>
/// <param name="Trial">The trial.</param>
/// <param name="Folder">Its files.</param>
/// <param name="IsRetrained">Whether it was trained again on all data.</param>
public sealed record TrialModel(StudyView Study, TrialView Trial, string Folder, bool IsRetrained);

/// <summary>The models of studies, and their use.</summary>
public sealed class PredictionStore(StudyStore studies, TrialStore trials, TrialFiles files, IPredictionDesk desk)
{
    /// <summary>The label of a study that trains a trial of another one again on all data: that study's id.</summary>
    public const string RetrainLabel = "retrainOf";

    private const string WeightsFile = "model.safetensors", CardFile = "model.json";

    /// <summary>The model that predicts for a study: of a trial, or else the newest one that was trained again on all data, or else the best trial's.</summary>
    /// <exception cref="NotFoundException">There is no such study, trial or model.</exception>
    public async Task<TrialModel> FindAsync(string study, int? trial, CancellationToken cancellationToken, bool own = false)
    {
        var view = await studies.GetAsync(study, cancellationToken);
        if (trial is null && !own && await RetrainedAsync(view.Id, cancellationToken) is { } again)
            return again;
        var found = trial is { } number ? await trials.GetAsync(study, number, cancellationToken)
            : view.Best ?? throw new NotFoundException("trial", "the best one, of which there is none yet or, of several objectives, no single one: name a trial");
        return Of(view, found, isRetrained: false) ?? throw new NotFoundException("artifact", $"{WeightsFile} of trial {found.Number}");
    }

    /// <summary>What it says of rows.</summary>
    /// <inheritdoc cref="IPredictionDesk.PredictAsync" path="/exception"/>
    public Task<Predictions> PredictAsync(TrialModel model, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken) =>
        desk.PredictAsync(model.Folder, rows, mostSeconds, cancellationToken);

    /// <summary>The epoch whose weights a model has; 0 = its card does not say.</summary>
    /// <exception cref="NotFoundException">It has gone since it was found.</exception>
    public static int EpochOf(TrialModel model)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(model.Folder, CardFile)))?["epoch"]?.GetValue<int>() ?? 0;
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new NotFoundException("artifact", $"{CardFile} of trial {model.Trial.Number}");
        }
    }

    private async Task<TrialModel?> RetrainedAsync(long id, CancellationToken cancellationToken)
    {
        var page = await studies.ListAsync(StudyState.Completed, [$"{RetrainLabel}={id}"], null, null, 10, cancellationToken);
        return page.Items.Select(s => s.Best is { } best ? Of(s, best, isRetrained: true) : null).FirstOrDefault(m => m is not null);
    }

    private TrialModel? Of(StudyView study, TrialView trial, bool isRetrained) =>
        study.Definition.Runner.Kind == Runner.Training && files.List(study.Id, trial.Number).Count(a => a.Name is WeightsFile or CardFile) == 2
            ? new TrialModel(study, trial, files.ArtifactsOf(study.Id, trial.Number), isRetrained)
            : null;
}
