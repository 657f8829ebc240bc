using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class ScoreWarpTests
{
    public static TheoryData<double[]> Scores =>
    [
        [1, 2, 3, 4, 5],
        [1, 2, 3, 4, -1e12],
        [1e-9, 2e-9, 5e-9, 3e-9],
        [1e9, 2e9, -4e9, 3e9, 3e9],
        [double.MaxValue, -double.MaxValue, 0, 1],
        [double.Epsilon, 0, 0, 0],
        [1e12, 1, 2, 3, 4, 5, 6],
        [1, double.NaN, 2, double.NegativeInfinity, 3, double.PositiveInfinity],
    ];

    [Theory, MemberData(nameof(Scores))]
    public void Targets_are_standard_and_keep_the_order(double[] scores)
    {
        foreach (var warp in new[] { Warp.Compressed, Warp.Outliers, Warp.Stretched })
            CheckOrder(scores, ScoreWarp.Apply(scores, warp));
    }

    private static void CheckOrder(double[] scores, double[] targets)
    {
        Assert.All(targets, t => Assert.True(double.IsFinite(t)));
        Assert.Equal(0, targets.Average(), 1e-9);
        Assert.Equal(1, targets.Average(t => t * t), 1e-9);
        foreach (var (a, ta) in scores.Zip(targets))
            foreach (var (b, tb) in scores.Zip(targets))
                if (double.IsFinite(a) && (!double.IsFinite(b) || a > b))
                    Assert.True(ta >= tb && (double.IsFinite(b) || ta > tb), $"{a} -> {ta} and {b} -> {tb}.");
    }

    [Theory, InlineData(-1e12), InlineData(-1e300), InlineData(double.MinValue)]
    public void One_terrible_value_does_not_flatten_the_others(double terrible)
    {
        foreach (var warp in new[] { Warp.Compressed, Warp.Outliers })
        {
            double[] scores = [1, 2, 3, 4, 5, 6, 7, 8, 9, terrible];
            var (without, with) = (ScoreWarp.Apply(scores, warp), ScoreWarp.Apply([.. scores, double.NaN], warp));
            Assert.True(without[8] - without[6] > (warp == Warp.Compressed ? 0.3 : 0.03), $"{warp}: {without[8] - without[6]}.");
            Assert.True(with[8] - with[6] > (warp == Warp.Compressed ? 0.3 : 0.03), $"{warp} and an infeasible one: {with[8] - with[6]}.");
        }
    }

    [Fact]
    public void The_scale_does_not_matter()
    {
        double[] scores = [0.3, -2, 5, 1.5, 0.1, 7];
        var targets = ScoreWarp.Apply(scores, Warp.Compressed);
        foreach (var factor in new[] { 1e-9, 1e9, 1e-200, 1e200 })
            Assert.Equal(targets.Select(t => Math.Round(t, 9)), ScoreWarp.Apply([.. scores.Select(s => s * factor)], Warp.Compressed).Select(t => Math.Round(t, 9)));
    }

    [Fact]
    public void Equal_scores_and_no_scores_give_zeros()
    {
        Assert.Equal([0, 0, 0], ScoreWarp.Apply([5, 5, 5], Warp.Compressed));
        Assert.Equal([0, 0], ScoreWarp.Apply([double.NaN, double.NaN], Warp.Compressed));
        Assert.Empty(ScoreWarp.Apply([], Warp.Compressed));
    }

    [Fact]
    public void Infeasible_is_worse_than_every_equal_score()
    {
        var targets = ScoreWarp.Apply([5, 5, double.NaN], Warp.Compressed);
        Assert.True(targets[2] < targets[0]);
    }
}
