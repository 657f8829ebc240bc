using HpoService.Search.Numerics;
using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>The smallest of several normal variables.</summary>
public sealed class NormalMinimumTests
{
    private static (double Mean, double Variance) Of(double[] means, double[] variances)
    {
        var minimum = new NormalMinimum(means.Length);
        minimum.Of(means, variances);
        return (minimum.Mean, minimum.Variance);
    }

    // P(min > t) = Π Φ((m − t)/s): its moments by the trapezoidal rule.
    private static (double Mean, double Variance) Integrated(double[] means, double[] variances)
    {
        var (low, high, steps) = (means.Zip(variances, (m, v) => m - 10 * Math.Sqrt(v)).Min(), means.Zip(variances, (m, v) => m + 10 * Math.Sqrt(v)).Max(), 200_000);
        var (first, second, h) = (0.0, 0.0, (high - low) / steps);
        for (var i = 0; i <= steps; i++)
        {
            var t = low + i * h;
            var tail = means.Zip(variances, (m, v) => 0.5 * MathNet.Numerics.SpecialFunctions.Erfc((t - m) / Math.Sqrt(2 * v))).Aggregate((a, b) => a * b) * (i == 0 || i == steps ? 0.5 : 1);
            (first, second) = (first + h * tail, second + 2 * h * (t - low) * tail);
        }

        return (low + first, second - first * first);
    }

    [Theory]
    [InlineData(0.0, 1.0, 0.0, 1.0)]
    [InlineData(0.3, 0.5, -0.2, 2.0)]
    [InlineData(-1.0, 0.01, 3.0, 4.0)]
    [InlineData(2.0, 3.0, 2.1, 0.0001)]
    [InlineData(5.0, 1.0, -5.0, 0.04)]
    public void Of_two_its_moments_are_exact(double m1, double v1, double m2, double v2)
    {
        var (expected, actual) = (Integrated([m1, m2], [v1, v2]), Of([m1, m2], [v1, v2]));
        Assert.Equal(expected.Mean, actual.Mean, 1e-7);
        Assert.Equal(expected.Variance, actual.Variance, 1e-6);
        Assert.Equal(actual.Mean, Of([m2, m1], [v2, v1]).Mean, 1e-12);
    }

    [Fact]
    public void Of_three_they_are_close_and_of_one_its_own()
    {
        double[] means = [0.2, -0.1, 0.4], variances = [1, 0.5, 2];
        var (expected, actual) = (Integrated(means, variances), Of(means, variances));
        Assert.Equal(expected.Mean, actual.Mean, 0.01);
        Assert.Equal(expected.Variance, actual.Variance, 0.02);
        Assert.Equal((0.7, 0.3), Of([0.7], [0.3]));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(5)]
    public void Its_derivatives_agree_with_differences(int k)
    {
        var stream = new RandomStream(5, k);
        for (var trial = 0; trial < 20; trial++)
        {
            double[] means = [.. Enumerable.Range(0, k).Select(_ => 2 * stream.NextNormal())], variances = [.. means.Select(_ => Math.Exp(2 * stream.NextNormal()))];
            var minimum = new NormalMinimum(k);
            minimum.Of(means, variances);
            for (var j = 0; j < k; j++)
            {
                const double h = 1e-5;
                (double Mean, double Variance) Shifted(double mean, double variance) =>
                    Of([.. means.Select((m, i) => i == j ? m + mean : m)], [.. variances.Select((v, i) => i == j ? v * (1 + variance) : v)]);
                var (up, down) = (Shifted(h, 0), Shifted(-h, 0));
                Assert.Equal((up.Mean - down.Mean) / (2 * h), minimum.MeanByMean[j], 1e-6);
                Assert.Equal((up.Variance - down.Variance) / (2 * h), minimum.VarianceByMean[j], 1e-5 * (1 + Math.Abs(minimum.VarianceByMean[j])));
                (up, down) = (Shifted(0, h), Shifted(0, -h));
                Assert.Equal((up.Mean - down.Mean) / (2 * h * variances[j]), minimum.MeanByVariance[j], 1e-5 * (1 + Math.Abs(minimum.MeanByVariance[j])));
                Assert.Equal((up.Variance - down.Variance) / (2 * h * variances[j]), minimum.VarianceByVariance[j], 1e-5 * (1 + Math.Abs(minimum.VarianceByVariance[j])));
            }
        }
    }

    [Fact]
    public void Far_apart_it_is_the_smaller_one_without_a_loss_of_digits()
    {
        var (mean, variance) = Of([1e6, -1e6, 3e6], [1e-6, 2e-6, 1e-12]);
        Assert.Equal(-1e6, mean);
        Assert.Equal(2e-6, variance, 1e-18);
        (mean, variance) = Of([1, 1], [1e-12, 1e12]);
        Assert.True(double.IsFinite(mean) && variance > 0);
    }
}
