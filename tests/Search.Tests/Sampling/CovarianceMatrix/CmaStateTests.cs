using HpoService.Search.Numerics;
using HpoService.Search.Sampling.CovarianceMatrix;

namespace HpoService.Search.Tests.Sampling.CovarianceMatrix;

public sealed class CmaStateTests
{
    [Fact]
    public void The_constants_are_those_of_the_tutorial()
    {
        // n = 4, λ = 8: the attributes of cmaes.CMA 0.9.1 (Python), an implementation of the same table.
        var p = new CmaParameters(4, 8);
        double[] weights = [0.5299301844787792, 0.2857142857142857, 0.14285714285714282, 0.041498386949792215, -0.17013144983238102, -0.4645361478293983, -0.7134517732694925, -0.9290722956587966];
        Assert.Equal(weights, p.Weights, (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(
            [2.6001788261131793, 0.06516742738228268, 0.05102399983259446, 0.39656102677983807, 1.396561026779838, 0.5, 1.880952380952381],
            [p.MuEff, p.C1, p.CMu, p.CSigma, p.DSigma, p.CC, p.ChiN], (double a, double b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([4, 8, 10, 12, 15], new[] { 1, 4, 10, 20, 50 }.Select(CmaParameters.DefaultPopulation));
    }

    [Fact]
    public void Six_generations_are_those_of_another_implementation()
    {
        // cmaes.CMA 0.9.1, told m + σz with z = sin(1.7(i+1)(k+1) + g), f = Σ(k+1)(x − 0.2k)².
        var state = new CmaState(new CmaParameters(4, 8), [0.5, 0.4, 0.6, 0.3], 0.2);
        for (var g = 0; g < 6; g++)
        {
            var now = state;
            var steps = Enumerable.Range(0, 8).Select(i => Enumerable.Range(0, 4).Select(k => Math.Sin(1.7 * (i + 1) * (k + 1) + g)).ToArray())
                .OrderBy(z => z.Select((step, k) => (k + 1) * Math.Pow(now.Mean[k] + now.Sigma * step - 0.2 * k, 2)).Sum()).ToList();
            state = now.Update(steps, feasible: 8);
        }

        Assert.Equal([0.055423958588956934, 0.13263950181149425, 0.47974260201039465, 0.6157319516348235], state.Mean, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(0.18826699448022116, state.Sigma, 1e-9);
        Assert.Equal(
            [1.0388517434550848, -0.01900927690048261, 0.20940217016958873, -0.1583034182962747, 0.7239882006701646, 0.11956843908799142, -0.150192618053637, 0.7478290117056381, -0.1736345460756637, 0.6578897869140702],
            new[] { (0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3) }.Select(at => state.Covariance()[at.Item1, at.Item2]), (a, b) => Math.Abs(a - b) < 1e-9);
    }

    // Medians over 11 seeds of cmaes.CMA 0.9.1 from the same start: sphere to 1e-10, ellipsoid of condition 1e6 to 1e-8.
    [Theory, InlineData(5, 0, 1e-10, 692), InlineData(10, 0, 1e-10, 1436), InlineData(5, 6, 1e-8, 1363), InlineData(10, 6, 1e-8, 3985)]
    public void It_converges_in_as_many_evaluations_as_another_implementation(int n, int decades, double target, int evaluations)
    {
        var counts = Enumerable.Range(0, 11).Select(seed => Evaluations(n, decades, target, seed)).Order().ToList();
        Assert.InRange(counts[5], 0.75 * evaluations, 1.25 * evaluations);
    }

    [Fact]
    public void Without_a_feasible_point_the_mean_stays()
    {
        var state = new CmaState(new CmaParameters(3, 6), [0.5, 0.5, 0.5], 0.1);
        var stream = new RandomStream(1, 1);
        var next = state.Update([.. Enumerable.Range(0, 6).Select(_ => new[] { stream.NextNormal(), stream.NextNormal(), stream.NextNormal() })], feasible: 0);
        Assert.Equal(state.Mean, next.Mean);
        Assert.False(next.IsBroken);
    }

    [Fact]
    public void The_step_size_grows_e_fold_at_most()
    {
        // All of a thousand points lie far away on one side.
        var state = new CmaState(new CmaParameters(1, 1000), [0.5], 0.1);
        for (var g = 0; g < 3; g++)
        {
            var next = state.Update([.. Enumerable.Repeat(new[] { 100.0 }, 1000)], feasible: 1000);
            Assert.Equal(Math.E * state.Sigma, next.Sigma, 1e-9);
            state = next;
        }
    }

    [Fact]
    public void Steps_from_far_away_do_not_break_it()
    {
        var state = new CmaState(new CmaParameters(3, 6), [0.5, 0.5, 0.5], 1e-8);
        for (var g = 0; g < 50; g++)
        {
            state = state.Update([.. Enumerable.Range(0, 6).Select(i => new[] { 1e8 * (i + 1), -1e8, 1e7 * g })], feasible: 6);
            Assert.False(state.IsBroken);
        }
    }

    private static int Evaluations(int n, int decades, double target, int seed)
    {
        var state = new CmaState(new CmaParameters(n, CmaParameters.DefaultPopulation(n)), [.. Enumerable.Repeat(0.5, n)], 0.2);
        var stream = new RandomStream(seed, 0);
        for (var count = 0; count < 20_000;)
        {
            var generation = new List<(double Value, double[] Step)>();
            for (var i = 0; i < state.Parameters.Population; i++, count++)
            {
                var step = state.Step([.. Enumerable.Range(0, n).Select(_ => stream.NextNormal())]);
                var value = step.Select((y, k) => Math.Pow(10, (double)decades * k / (n - 1)) * Math.Pow(state.Mean[k] + state.Sigma * y - (0.3 + 0.4 * k / n), 2)).Sum();
                if (value < target)
                    return count + 1;
                generation.Add((value, step));
            }

            state = state.Update([.. generation.OrderBy(p => p.Value).Select(p => p.Step)], generation.Count);
        }

        return int.MaxValue;
    }
}
