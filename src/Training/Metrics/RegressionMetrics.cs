namespace HpoService.Training.Metrics;

/// <summary>How good predicted numbers are.</summary>
internal static class RegressionMetrics
{
    /// <param name="outputs">Shape [n].</param>
    /// <param name="targets">Shape [n].</param>
    public static Dictionary<string, double> Of(double[] outputs, double[] targets)
    {
        var mean = targets.Average();
        var squared = outputs.Zip(targets, (o, t) => (o - t) * (o - t)).Average();
        var variance = targets.Average(t => (t - mean) * (t - mean));
        return new Dictionary<string, double>
        {
            ["mse"] = squared,
            ["rmse"] = Math.Sqrt(squared),
            ["mae"] = outputs.Zip(targets, (o, t) => Math.Abs(o - t)).Average(),
            ["r2"] = variance > 0 ? 1 - squared / variance : 0,
        };
    }
}
