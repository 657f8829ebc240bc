using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Training.Models;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class MlpTests
{
    public MlpTests() => torch.set_num_threads(1);

    [Fact]
    public void The_defaults_reach_95_percent_on_the_digits()
    {
        var (outcome, measurements) = Train([]);
        var values = Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
        Assert.True(values["accuracy"] >= 0.95, $"{values["accuracy"]}");
        Assert.True(values["testAccuracy"] >= 0.95, $"{values["testAccuracy"]}");
        Assert.Equal(Enumerable.Range(1, 20).Select(e => (long)e), measurements.Select(m => m.Step));
        Assert.Equal(values["accuracy"], measurements[^1].Values["accuracy"]);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("rmsprop")]
    public void The_same_trial_with_the_same_seed_gives_the_same_result(string optimizer)
    {
        var parameters = new Dictionary<string, ParameterValue> { ["optimizer"] = optimizer, ["dropout"] = 0.3, ["epochs"] = 3.0 };
        var (first, second, other) = (Train(parameters).Measurements, Train(parameters).Measurements, Train(parameters, seed: 2).Measurements);
        Assert.Equal(first.Select(m => m.Values["trainLoss"]), second.Select(m => m.Values["trainLoss"]));
        Assert.NotEqual(first.Select(m => m.Values["trainLoss"]), other.Select(m => m.Values["trainLoss"]));
    }

    [Fact]
    public void A_diverging_trial_is_infeasible_early()
    {
        var (outcome, measurements) = Train(new() { ["optimizer"] = "sgd", ["learningRate"] = 1e6 });
        Assert.Contains("diverged", Assert.IsType<TrainingOutcome.Infeasible>(outcome).Reason, StringComparison.Ordinal);
        Assert.True(measurements.Count < 5);
    }

    [Fact]
    public void A_report_answered_with_stop_ends_the_training() =>
        Assert.IsType<TrainingOutcome.Stopped>(ModelRegistry.Train(Request([], 1), m => m.Step < 2, CancellationToken.None));

    [Fact]
    public void A_shutdown_ends_the_training_at_once() => Assert.Throws<OperationCanceledException>(
        () => ModelRegistry.Train(Request([], 1), _ => true, new CancellationToken(canceled: true)));

    [Theory]
    [InlineData("hidden", 0.0, "/hidden")]
    [InlineData("learningRate", -1.0, "/learningRate")]
    [InlineData("nonsense", 1.0, "/nonsense")]
    public void A_bad_setting_is_named(string name, double value, string pointer)
    {
        var e = Assert.Throws<InvalidSettingsException>(() => Train(new() { [name] = value }));
        Assert.Equal(pointer, e.Violations[0].Pointer);
    }

    private static (TrainingOutcome Outcome, List<Measurement> Measurements) Train(Dictionary<string, ParameterValue> parameters, long seed = 1)
    {
        var measurements = new List<Measurement>();
        var outcome = ModelRegistry.Train(Request(parameters, seed), m =>
        {
            measurements.Add(m);
            return true;
        }, CancellationToken.None);
        return (outcome, measurements);
    }

    private static TrainingRequest Request(Dictionary<string, ParameterValue> parameters, long seed) =>
        new("mlp", "digits", null, new ParameterValues(parameters), seed);
}
