using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Tests.Golden;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class GpModelTests
{
    private sealed record Case(
        double[][] X, double[] Y, double[] Scales, double Signal, double Noise, double[][] Query, double[] Mean, double[] Variance, double LogLikelihood, double[] Gradient)
    {
        public Points Points => new(new bool[Scales.Length], X);

        public double[] Theta => [.. Scales.Append(Math.Sqrt(Signal)).Append(Math.Sqrt(Noise)).Select((v, i) => i < Scales.Length ? Math.Log(v) : 2 * Math.Log(v))];
    }

    [Fact]
    public void Posteriors_agree_with_scikit_learn()
    {
        foreach (var c in GoldenFile.Read<Case[]>("gp.json"))
        {
            var model = GpModel.Condition(c.Points, c.Y, c.Theta)!;
            Assert.Equal(c.LogLikelihood, model.LogLikelihood, 1e-6 * (1 + Math.Abs(c.LogLikelihood)));
            for (var i = 0; i < c.Query.Length; i++)
            {
                var (mean, variance) = i % 2 == 0 ? model.Predict(c.Query[i]) : Batch(model, c.Query, i);
                Assert.Equal(c.Mean[i], mean, 1e-7);
                Assert.Equal(c.Variance[i], variance, 1e-7);
            }
        }
    }

    // A thousand observations of a hundred parameters take half a second: a suggestion must not take that much longer than it may.
    [Fact]
    public void A_model_is_given_up_every_few_rows_when_there_is_no_time_left()
    {
        const int n = 100;
        var stream = new RandomStream(1, 0);
        var points = new Points(new bool[3], [.. Enumerable.Range(0, n).Select(_ => PointSampler.Draw(stream, 3))]);
        var (y, theta) = (new double[n], new double[] { -1, -1, -1, 0, -6 });
        var looks = 0;
        Assert.NotNull(GpModel.Condition(points, y, theta, isOver: () => ++looks < 0));
        Assert.InRange(looks, 2 * n + n / 4, int.MaxValue);
        for (var last = 1; last <= looks; last++)
        {
            var asked = 0;
            Assert.Null(GpModel.Condition(points, y, theta, isOver: () => ++asked >= last));
            Assert.InRange(asked, last, last + 2);
        }
    }

    [Fact]
    public void A_left_out_observation_has_the_density_that_the_others_give_it()
    {
        var c = GoldenFile.Read<Case[]>("gp.json")[0];
        var model = GpModel.Condition(c.Points, c.Y, c.Theta, mean: 0.3)!;
        for (var i = 0; i < c.Y.Length; i++)
        {
            var others = Enumerable.Range(0, c.Y.Length).Where(j => j != i).ToList();
            var without = GpModel.Condition(new Points(c.Points.IsCategorical, others.ConvertAll(j => c.X[j])), [.. others.Select(j => c.Y[j])], c.Theta, mean: 0.3)!;
            var (mean, variance) = without.Predict(c.X[i]);
            Assert.Equal(MathNet.Numerics.Distributions.Normal.PDFLn(mean, Math.Sqrt(variance + c.Noise), c.Y[i]), model.LeaveOneOut()[i], 1e-6);
        }
    }

    [Fact]
    public void The_likelihoods_gradient_agrees_with_scikit_learn()
    {
        foreach (var c in GoldenFile.Read<Case[]>("gp.json"))
        {
            var likelihood = new MarginalLikelihood(c.Points, c.Y, meanVariance: 0);
            var (with, prior) = (new double[c.Theta.Length], new double[c.Theta.Length]);
            var value = likelihood.Evaluate(c.Theta, with) - likelihood.Prior(c.Theta, prior);
            Assert.Equal(-c.LogLikelihood, value, 1e-6 * (1 + Math.Abs(c.LogLikelihood)));
            for (var j = 0; j < with.Length; j++)
                Assert.Equal(-c.Gradient[j], with[j] - prior[j], 1e-5 * (1 + Math.Abs(c.Gradient[j])));
        }
    }

    [Theory, InlineData(-3.9), InlineData(-1.0), InlineData(-6.5)]
    public void Between_two_points_the_kernel_is_the_same_to_the_last_bit_whatever_points_there_are_besides(double scale)
    {
        const int n = 70, d = 3;
        var stream = new RandomStream(5, 0);
        double[][] x = [.. Enumerable.Range(0, n).Select(_ => Enumerable.Range(0, d).Select(_ => stream.NextInt(4) == 0 ? stream.NextInt(2) : 0.8 + 0.2 * stream.NextDouble()).ToArray())];
        var kernel = new Kernel([.. Enumerable.Repeat(scale, d), 0.5, -5, .. Enumerable.Repeat(scale, d), 0.3], d);
        for (var row = 1; row < n; row++)
        {
            var all = Row(new Points(new bool[d], x), row, 0);
            for (var known = row; known < n; known++)
                Assert.Equal(all, Row(new Points(new bool[d], x[..known]), row, known % 8));
        }

        double[] Row(Points points, int row, int start)
        {
            double[] k = new double[n + 8], slopes = new double[n + 8];
            kernel.Row(x[row], points, k.AsSpan(start, row), slopes.AsSpan(start, row));
            return [.. k[start..(start + row)], .. slopes[start..(start + row)]];
        }
    }

    [Theory, InlineData(0, false), InlineData(1, false), InlineData(0, true), InlineData(1, true), InlineData(2, true), InlineData(1, false, true), InlineData(2, true, true)]
    public void The_posterior_densitys_gradient_agrees_with_differences(long seed, bool isAdditive, bool hasFewValues = false)
    {
        var (x, y) = Mixed(seed, 15);
        var likelihood = new MarginalLikelihood(x, y, isAdditive: isAdditive, isCoarse: hasFewValues ? [true, false, true, true] : null);
        var stream = new RandomStream(seed, 99);
        double[] theta = [.. Enumerable.Range(0, isAdditive ? 11 : 6).Select(j => j == 5 ? -4 : stream.NextNormal() * 0.5)];
        var gradient = new double[theta.Length];
        likelihood.Evaluate(theta, gradient);
        Differences(theta, gradient, p => likelihood.Evaluate(p, new double[p.Length]));
    }

    [Theory, InlineData(0, false), InlineData(1, false), InlineData(0, true), InlineData(1, true)]
    public void The_predictions_gradient_agrees_with_differences(long seed, bool isAdditive)
    {
        var (x, y) = Mixed(seed, 15);
        var model = GpModel.Condition(x, y, isAdditive ? [-0.5, 0.1, -1, 0.3, 0.2, -5, -0.8, -1, 0, -0.4, 0.3] : [-0.5, 0.1, -1, 0.3, 0.2, -5])!;
        double[] point = [0.31, 0.62, 1, 0.11];
        double[] beta = [.. model.Alpha], gradient = new double[4];
        model.Predict(point);
        model.Gradient([point], [beta], [0.7], [gradient]);
        Differences(point, gradient, p => model.Predict(p) is var (mean, variance) ? mean + 0.7 * variance : 0, x.IsCategorical);
        Assert.Equal(0, gradient[2]);
    }

    [Theory, InlineData(3), InlineData(8), InlineData(21)]
    public void The_additive_part_is_the_mean_of_a_kernel_for_each_dimension(int n)
    {
        // Written out again: a/d · Σ_j Matérn-5/2 of one dimension, beside a product that is switched off. The fourth has coordinates far from the unit cube, as local models do; the fifth is as short as it gets.
        var stream = new RandomStream(3, n);
        double[] lambda = [0.3, 0.8, 2, 0.5, 0.02];
        double[] Point() => [stream.NextDouble(), stream.NextInt(3), stream.NextDouble(), 1000 * stream.NextDouble(), stream.NextDouble()];
        var x = new Points([false, true, false, false, false], [.. Enumerable.Range(0, n).Select(_ => Point())]);
        var kernel = new Kernel([0, 0, 0, 0, 0, -100, -5, .. lambda.Select(l => Math.Log(l)), Math.Log(1.7)], 5);
        foreach (var from in (double[][])[Point(), x.Rows[2], [0, 2, 1, 0.5, 0.5], [0.5, 1, 0, -4e5, 1]])
        {
            var k = new double[n];
            kernel.Row(from, x, k, new double[n]);
            for (var i = 0; i < n; i++)
            {
                var expected = 0.0;
                for (var j = 0; j < lambda.Length; j++)
                {
                    var r = (j == 1 ? x.Rows[i][j] == from[j] ? 0 : 1 : Math.Abs(x.Rows[i][j] - from[j])) / lambda[j];
                    expected += 1.7 / 5 * (1 + Math.Sqrt(5) * r + 5 * r * r / 3) * Math.Exp(-Math.Sqrt(5) * r);
                }

                Assert.Equal(expected, k[i], 1e-12);
            }
        }

        Assert.Equal(1.7, kernel.Signal, 1e-12);
    }

    [Theory, InlineData(9), InlineData(24), InlineData(37)]
    public void Growing_one_by_one_gives_the_model_that_is_conditioned_at_once(int n)
    {
        var (x, y) = Mixed(7, n);
        double[] theta = [-0.5, 0.1, -1, 0.3, 0.2, -5, -0.8, -1, 0, -0.4, 0.3], point = [0.31, 0.62, 1, 0.11];
        var few = new Points(x.IsCategorical, [.. x.Rows.Take(5)]);
        var (grown, atOnce) = (GpModel.Condition(few, y[..5], theta, mean: null)!, GpModel.Condition(x, y, theta, mean: null)!);
        for (var count = 6; count <= n; count++)
            grown = grown.Extend(new Points(x.IsCategorical, [.. x.Rows.Take(count)]), y[..count], count - 1)!;
        Assert.Equal(atOnce.Predict(point).Mean, grown.Predict(point).Mean, 1e-9);
        Assert.Equal(atOnce.Predict(point).Variance, grown.Predict(point).Variance, 1e-9);
        Assert.Equal(atOnce.LogLikelihood, grown.LogLikelihood, 1e-7);
        Assert.Equal(atOnce.Mean, grown.Mean, 1e-9);
        // The means at the observed points need no prediction.
        Assert.Equal(x.Rows.Select(r => Math.Round(grown.Predict(r).Mean, 8)), grown.MeansAtObserved().Select(m => Math.Round(m, 8)));
    }

    [Fact]
    public void Growing_ends_when_the_time_is_over()
    {
        var (x, y) = Mixed(7, 30);
        var few = new Points(x.IsCategorical, [.. x.Rows.Take(5)]);
        var (model, asked) = (GpModel.Condition(few, y[..5], [-0.5, 0.1, -1, 0.3, 0.2, -5], mean: null)!, 0);
        Assert.Null(model.Extend(x, y, 5, isOver: () => ++asked > 3));
        Assert.Equal(4, asked);
        Assert.NotNull(GpModel.Condition(few, y[..5], [-0.5, 0.1, -1, 0.3, 0.2, -5], mean: null)!.Extend(x, y, 5, isOver: () => false));
    }

    [Fact]
    public void More_observations_at_their_means_keep_the_means_and_lose_the_variance()
    {
        var (x, y) = Mixed(5, 12);
        var model = GpModel.Condition(x, y, [-0.5, 0.1, -1, 0.3, 0.2, -7])!;
        double[] pending = [0.9, 0.05, 2, 0.5], elsewhere = [0.2, 0.7, 0, 0.9];
        var more = model.With([pending], [model.Predict(pending).Mean])!;
        Assert.Equal(model.Predict(elsewhere).Mean, more.Predict(elsewhere).Mean, 1e-6);
        Assert.True(more.Predict(pending).Variance < 0.01 * model.Predict(pending).Variance);
        Assert.True(more.Predict(elsewhere).Variance <= model.Predict(elsewhere).Variance + 1e-12);
    }

    [Fact]
    public void The_joint_posterior_has_the_single_ones_on_its_diagonal_and_correlates_neighbours()
    {
        var (x, y) = Mixed(6, 12);
        var model = GpModel.Condition(x, y, [-0.5, 0.1, -1, 0.3, 0.2, -7])!;
        double[][] points = [[0.9, 0.05, 2, 0.5], [0.9, 0.06, 2, 0.5], [0.1, 0.9, -1, 0.1]];
        var (means, covariance) = model.Joint(points)!.Value;
        for (var a = 0; a < 3; a++)
        {
            Assert.Equal(model.Predict(points[a]).Mean, means[a], 1e-10);
            Assert.Equal(model.Predict(points[a]).Variance, covariance[a * 3 + a], 1e-10);
        }

        Assert.True(covariance[3] > 0.95 * covariance[0]);
        Assert.True(Math.Abs(covariance[6]) < 0.3 * covariance[0]);
    }

    private static (double, double) Batch(GpModel model, double[][] points, int i)
    {
        var (batch, means, variances) = (points.Skip(i / GpModel.Batch * GpModel.Batch).Take(GpModel.Batch).ToArray(), new double[GpModel.Batch], new double[GpModel.Batch]);
        model.Predict(batch, means, variances);
        return (means[i % GpModel.Batch], variances[i % GpModel.Batch]);
    }

    [Fact]
    public void The_learned_mean_is_the_most_probable_one()
    {
        var (x, y) = Mixed(4, 12);
        double[] theta = [-0.5, 0.1, -1, 0.3, 0.2, -4];
        var likelihood = new MarginalLikelihood(x, [.. y.Select(v => v + 2)]);
        var mean = likelihood.Mean(theta);
        double Density(double m) => GpModel.Condition(x, [.. y.Select(v => v + 2)], theta, m)!.LogLikelihood - 0.5 * m * m / MarginalLikelihood.MeanVariance;
        Assert.True(Density(mean) > Density(mean + 0.01) && Density(mean) > Density(mean - 0.01));
        Assert.InRange(mean, 1, 3);
        // And what is minimised is that density at it, but for the priors of the others.
        Assert.Equal(-Density(mean), likelihood.Evaluate(theta, new double[6]) - likelihood.Prior(theta, new double[6]), 1e-9);
        // Far from all points the prediction is the mean.
        Assert.Equal(mean, GpModel.Condition(x, [.. y.Select(v => v + 2)], theta, mean)!.Predict([500, 500, 3, 500]).Mean, 1e-6);
    }

    [Fact]
    public void Many_copies_of_one_point_are_conditioned_on_without_failing()
    {
        double[][] x = [.. Enumerable.Repeat(new[] { 0.3, 0.4 }, 60)];
        var model = GpModel.Condition(new Points([false, false], x), [.. Enumerable.Repeat(1.0, 60)], [0, 0, 0, Math.Log(1e-12)]);
        Assert.Equal(1, model!.Predict([0.3, 0.4]).Mean, 1e-3);
    }

    [Theory, InlineData(false, 40), InlineData(true, 40), InlineData(false, 90), InlineData(true, 90)]
    public void Fitting_finds_which_dimension_matters(bool isAdditive, int n)
    {
        var stream = new RandomStream(8, 8);
        double[][] x = [.. Enumerable.Range(0, n).Select(_ => new[] { stream.NextDouble(), stream.NextDouble(), stream.NextInt(3) })];
        double[] y = [.. x.Select(p => Math.Sin(6 * p[0]) * 1.4 + 0.8 * (p[2] == 1 ? 1 : 0))];
        var points = new Points([false, false, true], x);
        var theta = MapFit.Fit(new MarginalLikelihood(points, y, isAdditive: isAdditive), isSmooth: false, () => false)!;
        Assert.True(theta[0] + 1 < theta[1] || isAdditive, $"ln l = {theta[0]} where it matters, {theta[1]} where it does not.");
        Assert.True(!isAdditive || theta[5] + 1 < theta[6], $"ln lambda = {theta[^4]} where it matters, {theta[^3]} where it does not.");
        var model = GpModel.Condition(points, y, theta, mean: null)!;
        Assert.Equal(Math.Sin(6 * 0.55) * 1.4 + 0.8, model.Predict([0.55, 0.5, 1]).Mean, 0.1);
    }

    [Fact]
    public void A_smooth_start_that_was_followed_already_is_evaluated_once_and_leads_to_the_same_fit()
    {
        var stream = new RandomStream(8, 8);
        double[][] x = [.. Enumerable.Range(0, 40).Select(_ => new[] { stream.NextDouble(), stream.NextDouble() })];
        var likelihood = new MarginalLikelihood(new Points([false, false], x), [.. x.Select(p => Math.Sin(6 * p[0]) + p[1])], isAdditive: true);

        (double[] Theta, int Evaluations) Fit(bool isSmooth, double[]? smooth)
        {
            var asked = 0;
            return (MapFit.Fit(likelihood, isSmooth, () => ++asked < 0, smooth)!, asked);
        }

        var (smooth, all) = (Fit(true, null), Fit(false, null));
        var rest = Fit(false, smooth.Theta);
        Assert.Equal(all.Theta, rest.Theta);
        // Asked before each evaluation, and once more at the end of each start.
        Assert.Equal(all.Evaluations - smooth.Evaluations + 2, rest.Evaluations);
    }

    [Fact]
    public void Noise_does_not_make_each_value_of_a_parameter_of_few_values_a_case_of_its_own()
    {
        var stream = new RandomStream(9, 9);
        double[][] x = [.. Enumerable.Range(0, 24).Select(_ => new[] { stream.NextInt(10) / 9.0, stream.NextInt(10) / 9.0 })];
        double[] y = [.. x.Select(p => -4 * (p[0] - 0.5) * (p[0] - 0.5) + 0.3 * stream.NextNormal())];

        double ShortestAdditive(bool[]? isCoarse) =>
            MapFit.Fit(new MarginalLikelihood(new Points([false, false], x), y, isAdditive: true, isCoarse: isCoarse), isSmooth: false, () => false)![4..6].Min();

        const double Step = 1 / 9.0;
        Assert.InRange(Math.Exp(ShortestAdditive([true, true])), 3 * Step, 50);
        Assert.InRange(Math.Exp(ShortestAdditive(null)), 0, 3 * Step); // what it would be otherwise
    }

    private static (Points X, double[] Y) Mixed(long seed, int n)
    {
        var stream = new RandomStream(seed, 0);
        double[][] x = [.. Enumerable.Range(0, n).Select(_ => new[] { stream.NextDouble(), stream.NextDouble(), stream.NextInt(4) - 1, stream.NextDouble() })];
        return (new Points([false, false, true, false], x), [.. x.Select(p => Math.Sin(4 * p[0]) + p[1] * p[2] + 0.1 * stream.NextNormal())]);
    }

    private static void Differences(double[] at, double[] gradient, Func<double[], double> f, bool[]? skip = null)
    {
        for (var j = 0; j < at.Length; j++)
        {
            if (skip is not null && skip[j])
                continue;
            const double Step = 1e-5;
            var (up, down) = ((double[])at.Clone(), (double[])at.Clone());
            up[j] += Step;
            down[j] -= Step;
            var expected = (f(up) - f(down)) / (2 * Step);
            Assert.Equal(expected, gradient[j], 1e-5 * (1 + Math.Abs(expected)));
        }
    }
}
