using HpoService.Bench.Problems;
using HpoService.Bench.Runs;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Tests.Problems;

public sealed class ConstrainedProblemsTests
{
    private static readonly Catalog Catalog = new(null);

    // The optima that the papers give: feasible, if only just.
    [Theory]
    [InlineData("gramacy", 0.5998, 0.1954, 0.4044)]
    [InlineData("gardner2", 0.2533, 4.7124, 1.2533)]
    [InlineData("spring", 0.012666, 0.05169, 0.35674, 11.2877)]
    [InlineData("vessel", 6059.7, 13.0, 7.0, 42.09844, 176.637)]
    [InlineData("hartmann6_norm", -3.32237, 0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573)]
    [InlineData("branin_crash", 0.397887, 3.14159, 2.275)]
    [InlineData("levy4_crash", 0.0, 1.0, 1.0, 1.0, 1.0)]
    [InlineData("ackley5_half", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)]
    public void The_optima_of_the_papers_are_feasible(string name, double minimum, params double[] x)
    {
        var problem = Catalog.Select([name]).Single();
        var point = Point(problem, x);
        var g = ((ConstrainedProblem)problem).Metrics(point, Outcome.Completed(0)).Where(m => m.Key != "value").Select(m => m.Value);
        Assert.All(g, v => Assert.InRange(v, double.MinValue, 1e-3 * (name == "vessel" ? 1e3 : 1)));
        Assert.Equal(minimum, problem.Truth(point), 1e-3 * Math.Max(0.1, Math.Abs(minimum)));
    }

    [Fact]
    public void A_trial_that_breaks_a_constraint_has_its_values_and_one_that_crashes_has_none()
    {
        var (gramacy, crash) = (Catalog.Select(["gramacy"]).Single(), Catalog.Select(["levy4_crash"]).Single());
        Assert.Equal(new Outcome(TrialState.Infeasible, 2), gramacy.Try(Point(gramacy, [1, 1]), 1, 0));
        Assert.Equal(["g1", "g2"], gramacy.Constraints.Select(c => c.Metric));
        Assert.Equal(Outcome.Infeasible, crash.Try(Point(crash, [1.01, 1, 1, 1]), 1, 0));
        Assert.Empty(crash.Constraints);
    }

    [Fact]
    public void A_search_counts_feasible_trials_only()
    {
        var best = Run.Best(Catalog.Select(["gramacy"]).Single(), "random", 1, 40);
        Assert.InRange(best[^1], 0.5997, 1.2);
        Assert.Contains(best, b => double.IsNaN(b) || b > best[^1]);
    }

    private static ParameterValues Point(Problem problem, double[] x) => new([.. problem.Space.Parameters.Zip(x, (p, v) => new KeyValuePair<string, ParameterValue>(p.Name, p is IntParameter ? (long)v : v))]);
}
