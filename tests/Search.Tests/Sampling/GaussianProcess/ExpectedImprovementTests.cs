using HpoService.Search.Numerics;
using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class ExpectedImprovementTests
{
    private static readonly double[] Theta = [-1, -0.7, 0, 0.1, -6];

    private static readonly double[][] Pending = [[0.3, 0.95, 1], [0.8, 0.2, 0], [0.31, 0.9, 1]];

    private static (GpModel Model, double[] Y) Fitted()
    {
        var stream = new RandomStream(3, 3);
        double[][] x = [.. Enumerable.Range(0, 14).Select(_ => new[] { stream.NextDouble(), stream.NextDouble(), stream.NextInt(2) })];
        double[] y = [.. x.Select(p => Math.Sin(5 * p[0]) * p[1] + 0.3 * p[2])];
        return (GpModel.Condition(new Points([false, false, true], x), y, Theta)!, y);
    }

    private static ExpectedImprovement Over(int pending)
    {
        var (model, y) = Fitted();
        return ExpectedImprovement.Over(model, y.Max(), [.. Pending.Take(pending)], () => false)!;
    }

    private static ConfidenceBound Bound(int pending) => ConfidenceBound.Over(Fitted().Model, 2.5, [.. Pending.Take(pending)], () => false)!;

    private static void CheckGradient(IAcquisition acquisition)
    {
        double[][] points = [[0.4, 0.7, 1], [0.1, 0.2, 0], [0.29, 0.93, 1], [0.99, 0.99, 0], [0.5, 0.5, 1]];
        Assert.Equal(points.Select(p => Math.Round(acquisition.At([p])[0], 9)), acquisition.At(points).Select(v => Math.Round(v, 9)));
        foreach (var point in points)
        {
            var gradient = new double[3];
            Assert.Equal(acquisition.At([point])[0], acquisition.At([point], [gradient])[0], 1e-12);
            for (var j = 0; j < 2; j++)
            {
                var (up, down) = ((double[])point.Clone(), (double[])point.Clone());
                up[j] += 1e-6;
                down[j] -= 1e-6;
                var expected = (acquisition.At([up])[0] - acquisition.At([down])[0]) / 2e-6;
                Assert.Equal(expected, gradient[j], 1e-4 * (1 + Math.Abs(expected)));
            }

            Assert.Equal(0, gradient[2]);
        }
    }

    [Fact]
    public void Without_pending_points_it_is_the_closed_form()
    {
        var (model, y) = Fitted();
        double[] point = [0.4, 0.7, 1];
        var (mean, variance) = model.Predict(point);
        var sigma = Math.Sqrt(variance);
        Assert.Equal(Math.Log(sigma) + LogExpectedImprovement.LogH((mean - y.Max()) / sigma).Value, Over(0).At([point])[0], 1e-12);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(3)]
    public void Its_gradient_agrees_with_differences_and_its_batch_with_single_points(int pending) => CheckGradient(Over(pending));

    [Theory, InlineData(0), InlineData(1), InlineData(3)]
    public void A_confidence_bound_s_gradient_agrees_with_differences_and_its_batch_with_single_points(int pending) => CheckGradient(Bound(pending));

    [Fact]
    public void A_confidence_bound_is_the_mean_and_deviations_and_pending_points_shrink_only_these()
    {
        double[] point = [0.32, 0.9, 1];
        var (mean, variance) = Fitted().Model.Predict(point);
        Assert.Equal(mean + 2.5 * Math.Sqrt(variance), Bound(0).At([point])[0], 1e-12);
        Assert.InRange(Bound(1).At([point])[0], mean, mean + 1.25 * Math.Sqrt(variance));
    }

    [Fact]
    public void A_pending_point_takes_the_improvement_away_around_it_and_not_far_from_it()
    {
        double[] near = [0.3, 0.95, 1], far = [0.8, 0.2, 0];
        Assert.True(Over(1).At([near])[0] < Over(0).At([near])[0] - 1);
        Assert.Equal(Over(0).At([far])[0], Over(1).At([far])[0], 0.7);
    }

    [Fact]
    public void A_pending_point_counts_as_if_it_had_turned_out_as_expected()
    {
        var model = Fitted().Model;
        double[] pending = [0.3, 0.95, 1], point = [0.45, 0.8, 1];
        // By the joint posterior: the mean stays, and of the variance what the pending point's value, with its noise, tells about it goes.
        var (means, covariance) = model.Joint([pending, point])!.Value;
        var noise = Math.Exp(Theta[^1]);
        var sigma = Math.Sqrt(covariance[3] - covariance[2] * covariance[2] / (covariance[0] + noise));
        double Expected(double best) => Math.Log(sigma) + LogExpectedImprovement.LogH((means[1] - best) / sigma).Value;
        double At(double best, bool counts) => ExpectedImprovement.Over(model, best, [pending], () => false, [counts])!.At([point])[0];
        foreach (var best in new[] { means[0] - 0.1, means[0] + 0.1 })
        {
            Assert.Equal(Expected(Math.Max(best, means[0])), At(best, counts: true), 1e-6);
            Assert.Equal(Expected(best), At(best, counts: false), 1e-6);
        }
    }
}
