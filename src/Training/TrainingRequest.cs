using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search.Spaces;
using HpoService.Training.Parallel;

namespace HpoService.Training;

/// <summary>One attempt at one trial.</summary>
/// <param name="Model">A model of <see cref="Models.ModelRegistry"/>.</param>
/// <param name="DataSet">A data set; null = the model's first.</param>
/// <param name="Settings">The study's settings as a JSON object, or null.</param>
/// <param name="Parameters">The trial's parameters, which override the settings.</param>
/// <param name="Seed">Of initial weights, batches and dropout: same request, same result.</param>
/// <param name="DataFolder">The folder of registered data sets and weights; null = only what ships.</param>
/// <param name="ArtifactFolder">Where the trained model is kept; null = nowhere.</param>
/// <param name="Place">Which of several processes this one is, where the settings ask for several.</param>
public sealed record TrainingRequest(
    string Model, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DataSet, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Settings, ParameterValues Parameters, long Seed, string? DataFolder = null, string? ArtifactFolder = null, Place? Place = null);

/// <summary>How training ended.</summary>
public abstract record TrainingOutcome
{
    private TrainingOutcome()
    {
    }

    /// <summary>With final values by metric.</summary>
    public sealed record Completed(IReadOnlyDictionary<string, double> Values) : TrainingOutcome;

    /// <summary>These values cannot work: the loss is not finite.</summary>
    public sealed record Infeasible(string Reason) : TrainingOutcome;

    /// <summary>Stopped because a report was answered so.</summary>
    public sealed record Stopped : TrainingOutcome;
}
