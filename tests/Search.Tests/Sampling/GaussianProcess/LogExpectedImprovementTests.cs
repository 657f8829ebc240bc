using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Tests.Golden;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class LogExpectedImprovementTests
{
    [Fact]
    public void Values_and_slopes_agree_with_60_digits_over_100_decades()
    {
        foreach (var row in GoldenFile.Read<double[][]>("log-ei.json"))
        {
            var (value, slope) = LogExpectedImprovement.LogH(row[0]);
            Assert.True(Math.Abs(value - row[1]) <= 1e-9 * (1 + Math.Abs(row[1])), $"ln h({row[0]}) = {value}, expected {row[1]}.");
            Assert.True(Math.Abs(slope - row[2]) <= 1e-6 * (1e-3 + Math.Abs(row[2])), $"(ln h)'({row[0]}) = {slope}, expected {row[2]}.");
        }
    }

    [Fact]
    public void It_is_finite_and_increasing_and_its_slope_falls()
    {
        var z = Enumerable.Range(0, 20_001).Select(i => -Math.Pow(10, 50 - i * 0.005)).Concat(Enumerable.Range(0, 4000).Select(i => i * 0.01));
        var (last, lastSlope) = (double.NegativeInfinity, double.PositiveInfinity);
        foreach (var point in z)
        {
            var (value, slope) = LogExpectedImprovement.LogH(point);
            Assert.True(double.IsFinite(value) && value >= last, $"ln h({point}) = {value} after {last}.");
            Assert.True(slope > 0 && slope <= lastSlope * (1 + 1e-8), $"(ln h)'({point}) = {slope} after {lastSlope}.");
            (last, lastSlope) = (value, slope);
        }
    }
}
