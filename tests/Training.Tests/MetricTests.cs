using HpoService.Training.Metrics;

namespace HpoService.Training.Tests;

/// <summary>Values of scikit-learn; see Golden/make_golden.py.</summary>
public sealed class MetricTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Metrics_of_classes_are_scikit_learn_s(int classes)
    {
        var golden = Golden.Root.GetProperty("metrics").GetProperty($"classes{classes}");
        var metrics = ClassificationMetrics.Of(golden.GetProperty("logits").Numbers(), [.. golden.GetProperty("labels").Numbers().Select(l => (long)l)], classes);
        Assert.All(["accuracy", "balancedAccuracy", "macroF1", "logLoss", "auc"], name => Assert.Equal(golden.GetProperty(name).GetDouble(), metrics[name], 9));
        Assert.Equal(metrics["logLoss"], metrics["loss"]);
    }

    [Fact]
    public void Metrics_of_numbers_are_scikit_learn_s()
    {
        var golden = Golden.Root.GetProperty("metrics").GetProperty("regression");
        var metrics = RegressionMetrics.Of(golden.GetProperty("outputs").Numbers(), golden.GetProperty("targets").Numbers());
        Assert.All(["mse", "rmse", "mae", "r2"], name => Assert.Equal(golden.GetProperty(name).GetDouble(), metrics[name], 9));
    }

    [Fact]
    public void A_part_with_one_class_only_has_finite_metrics() => Assert.All(
        ClassificationMetrics.Of([Math.Log(0.4), Math.Log(0.6), Math.Log(0.3), Math.Log(0.7)], [1, 1], 2).Values, v => Assert.True(double.IsFinite(v)));
}
