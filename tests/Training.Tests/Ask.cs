using System.Text.Json;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Training.Models;
using HpoService.Training.Settings;

namespace HpoService.Training.Tests;

/// <summary>Trainings in a line.</summary>
internal static class Ask
{
    public static SettingValues Settings(string json) => SettingValues.Of(
        JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value), ModelRegistry.Models.SelectMany(ModelRegistry.SettingsOf).Distinct());

    public static (TrainingOutcome Outcome, List<Measurement> Measurements) Train(string model, string settings, string dataSet = "digits", long seed = 1, string? folder = null, string? artifacts = null)
    {
        var measurements = new List<Measurement>();
        var request = new TrainingRequest(model, dataSet, JsonDocument.Parse(settings).RootElement, new ParameterValues(new Dictionary<string, ParameterValue>()), seed, folder, artifacts);
        var outcome = ModelRegistry.Train(request, m =>
        {
            measurements.Add(m);
            return true;
        }, CancellationToken.None);
        return (outcome, measurements);
    }

    public static IReadOnlyDictionary<string, double> Values(string model, string settings, string dataSet = "digits", long seed = 1, string? folder = null) =>
        Assert.IsType<TrainingOutcome.Completed>(Train(model, settings, dataSet, seed, folder).Outcome).Values;
}
