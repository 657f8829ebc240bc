using HpoService.Search.Numerics;
using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>What makes a point worth a trial where there are several objectives.</summary>
public sealed class FrontAcquisitionTests
{
    private static readonly double[][] Theta = [[-1, -0.7, 0, 0.1, -6], [-0.5, -1.2, 0.3, 0.4, -5], [-1.5, 0, 0.1, -0.3, -4]];
    private static readonly double[][] Pending = [[0.3, 0.95, 1], [0.8, 0.2, 0], [0.31, 0.9, 1]];
    private static readonly double[][] Points = [[0.4, 0.7, 1], [0.1, 0.2, 0], [0.29, 0.93, 1], [0.99, 0.99, 0], [0.5, 0.5, 1], [0.6, 0.1, 0], [0.7, 0.8, 1], [0.2, 0.4, 0], [0.9, 0.5, 1]];

    private static (GpModel[] Models, double[][] Y) Fitted(int k)
    {
        var stream = new RandomStream(3, 3);
        double[][] x = [.. Enumerable.Range(0, 14).Select(_ => new[] { stream.NextDouble(), stream.NextDouble(), stream.NextInt(2) })];
        double[][] y = [.. Enumerable.Range(0, k).Select(j => x.Select(p => Math.Sin((5 - j) * p[0] + j) * p[1] + 0.3 * p[2] * (1 - j)).ToArray())];
        return ([.. y.Select((values, j) => GpModel.Condition(new Points([false, false, true], x), values, Theta[j])!)], y);
    }

    private static Scalarization Along(double[][] y, params double[] direction) => new([.. y[0].Select((_, i) => y.Select(values => values[i]).ToArray())], direction);

    private static double Best(double[][] y, Scalarization along) => y[0].Select((_, i) => along.Of([.. y.Select(values => values[i])])).Max();

    private static FrontAcquisition Improvement(int k, int pending)
    {
        var (models, y) = Fitted(k);
        var along = Along(y, [.. new[] { 0.6, 0.5, 0.7 }.Take(k)]);
        return FrontAcquisition.Improvement(models, along, Best(y, along), [.. Pending.Take(pending)], () => false)!;
    }

    private static FrontAcquisition Bound(int k, int pending) =>
        Fitted(k) is var (models, y) ? FrontAcquisition.Bound(models, Along(y, [.. new[] { 0.6, 0.5, 0.7 }.Take(k)]), 2.5, [.. Pending.Take(pending)], () => false)! : null!;

    [Theory]
    [InlineData(2, 0, false), InlineData(2, 3, false), InlineData(3, 1, false), InlineData(2, 0, true), InlineData(3, 2, true)]
    public void Its_gradient_agrees_with_differences_and_its_batch_with_single_points(int k, int pending, bool isBound)
    {
        var acquisition = isBound ? Bound(k, pending) : Improvement(k, pending);
        double[][] all = [.. Points.Select(_ => new double[] { 7, 7, 7 })];
        Assert.Equal(Points.Select(p => Math.Round(acquisition.At([p])[0], 9)), acquisition.At(Points, all).Select(v => Math.Round(v, 9)));
        foreach (var (i, point) in Points.Index())
        {
            for (var j = 0; j < 2; j++)
            {
                double At(double by) => acquisition.At([[.. point.Select((v, l) => l == j ? v + by : v)]])[0];
                var expected = (At(1e-6) - At(-1e-6)) / 2e-6;
                Assert.Equal(expected, all[i][j], 1e-4 * (1 + Math.Abs(expected)));
            }

            Assert.Equal(0, all[i][2]);
        }
    }

    [Theory, InlineData(0), InlineData(2)]
    public void Of_one_objective_it_is_the_improvement_in_the_scalarization_s_unit(int pending)
    {
        var (models, y) = Fitted(1);
        var along = Along(y, 1);
        var one = ExpectedImprovement.Over(models[0], y[0].Max(), [.. Pending.Take(pending)], () => false)!.At(Points);
        var same = FrontAcquisition.Improvement(models, along, Best(y, along), [.. Pending.Take(pending)], () => false)!.At(Points);
        foreach (var (expected, actual) in one.Zip(same))
            Assert.Equal(expected + Math.Log(along.Scale(0)), actual, 1e-8);
    }

    [Fact]
    public void Without_pending_points_it_is_close_to_the_expected_gain_of_the_smallest_part()
    {
        var (models, y) = Fitted(2);
        var along = Along(y, 0.6, 0.5);
        var (best, stream) = (Best(y, along), new RandomStream(4, 4));
        foreach (var point in new double[][] { [0.4, 0.7, 1], [0.29, 0.93, 1], [0.99, 0.99, 0] })
        {
            var posteriors = models.Select(m => m.Predict(point)).ToList();
            var expected = Enumerable.Range(0, 400_000).Average(_ => Math.Max(0, along.Of([.. posteriors.Select(p => p.Mean + Math.Sqrt(p.Variance) * stream.NextNormal())]) - best));
            Assert.Equal(Math.Log(expected), Improvement(2, 0).At([point])[0], 0.1 * Math.Abs(Math.Log(expected))); // the smallest of two is not quite normal
        }
    }

    [Fact]
    public void A_pending_point_takes_the_improvement_away_around_it_unless_it_may_not_count()
    {
        double[] near = [0.3, 0.95, 1];
        Assert.True(Improvement(2, 1).At([near])[0] < Improvement(2, 0).At([near])[0] - 1);
        var (models, y) = Fitted(2);
        var along = Along(y, 0.6, 0.5);
        var expected = along.Of([.. models.Select(m => m.Predict(near).Mean)]);
        double At(double best, bool counts) => FrontAcquisition.Improvement(models, along, best, [near], () => false, [counts])!.At([[0.5, 0.9, 1]])[0];
        Assert.Equal(At(expected, counts: false), At(expected - 0.1, counts: true), 1e-9);
        Assert.True(At(expected - 0.1, counts: false) > At(expected - 0.1, counts: true));
        Assert.Equal(At(expected + 0.1, counts: false), At(expected + 0.1, counts: true));
    }

    [Fact]
    public void A_confidence_bound_grows_with_the_confidence_and_pending_points_shrink_it()
    {
        var (models, y) = Fitted(2);
        var along = Along(y, 0.6, 0.5);
        double[] point = [0.32, 0.9, 1];
        double At(double confidence) => FrontAcquisition.Bound(models, along, confidence, [], () => false)!.At([point])[0];
        Assert.Equal(2 * (At(1) - At(0)), At(2) - At(0), 1e-12);
        Assert.True(At(1) > At(0));
        Assert.True(Bound(2, 1).At([point])[0] < Bound(2, 0).At([point])[0]);
    }
}
