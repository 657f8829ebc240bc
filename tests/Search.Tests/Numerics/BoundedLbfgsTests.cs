using HpoService.Search.Numerics;

namespace HpoService.Search.Tests.Numerics;

public sealed class BoundedLbfgsTests
{
    private static double Rosenbrock(ReadOnlySpan<double> x, Span<double> g)
    {
        g.Clear();
        var value = 0.0;
        for (var i = 0; i + 1 < x.Length; i++)
        {
            var (a, b) = (1 - x[i], x[i + 1] - x[i] * x[i]);
            value += a * a + 100 * b * b;
            g[i] += -2 * a - 400 * x[i] * b;
            g[i + 1] += 200 * b;
        }

        return value;
    }

    [Theory, InlineData(2), InlineData(5), InlineData(10)]
    public void The_minimum_inside_the_box_is_found(int d)
    {
        double[] x = [.. Enumerable.Repeat(-0.5, d)];
        Assert.True(Minimize(x, -2, 2, 1000) < 1e-8);
        Assert.All(x, v => Assert.Equal(1, v, 1e-3));
    }

    [Fact]
    public void The_minimum_on_the_border_is_found()
    {
        // With x <= 0.5 the best is (0.5, 0.25), value 0.25.
        double[] x = [-0.5, 0.4];
        Assert.Equal(0.25, Minimize(x, -2, 0.5, 500), 1e-6);
        Assert.Equal([0.5, 0.25], x.Select(v => Math.Round(v, 4)));
    }

    [Fact]
    public void Every_evaluation_stays_inside_the_box()
    {
        BoundedLbfgs.Minimize(
            (p, g) =>
            {
                foreach (var v in p)
                    Assert.InRange(v, -1.5, 0.9);
                return Rosenbrock(p, g);
            },
            [-1.2, 0.5, 0.5], [-1.5, -1.5, -1.5], [0.9, 0.9, 0.9], 200, 1e-6);
    }

    [Fact]
    public void The_cap_keeps_the_best_point()
    {
        double[] x = [-1.2, 1];
        var value = Minimize(x, -2, 2, 5);
        Assert.Equal(Rosenbrock(x, new double[2]), value);
        Assert.True(value < 24.2);
    }

    [Fact]
    public void A_region_where_the_function_is_not_finite_is_avoided()
    {
        // ln x - 1 + ... : the minimum of x - ln x is at 1, and it is infinite at x <= 0.
        double[] x = [3];
        BoundedLbfgs.Minimize((p, g) => { g[0] = 1 - 1 / p[0]; return p[0] > 0.5 ? p[0] - Math.Log(p[0]) : double.NaN; }, x, [-5], [5], 100, 1e-8);
        Assert.Equal(1, x[0], 1e-4);
    }

    [Theory, InlineData(double.PositiveInfinity), InlineData(double.NaN)]
    public void A_start_that_is_not_finite_comes_back_as_it_is(double value)
    {
        double[] x = [1];
        Assert.Equal(double.PositiveInfinity, BoundedLbfgs.Minimize((_, _) => value, x, [0], [2], 10, 1e-6));
        Assert.Equal(1, x[0]);
    }

    [Fact]
    public void Who_wants_no_small_gains_is_done_sooner_and_lacks_no_more_than_they_are()
    {
        (int Evaluations, double Value) Run(double leastGain)
        {
            var (search, count) = (new BoundedLbfgs([-1.2, 1], [-2, -2], [2, 2], 500, 1e-9, leastGain), 0);
            for (; search.Next() is { } point; count++)
                search.Answer = Rosenbrock(point, search.AnswerGradient);
            return (count, search.Value);
        }

        var (all, some) = (Run(0), Run(1e-3));
        Assert.True(some.Evaluations < all.Evaluations, $"{some} and {all}");
        Assert.InRange(some.Value - all.Value, 0, 1e-3);
    }

    private static double Minimize(double[] x, double low, double high, int iterations) => BoundedLbfgs.Minimize(
        Rosenbrock, x, [.. x.Select(_ => low)], [.. x.Select(_ => high)], iterations, 1e-7);
}
