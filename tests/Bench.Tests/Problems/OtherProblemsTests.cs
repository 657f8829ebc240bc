using HpoService.Bench.Problems;
using HpoService.Bench.Runs;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Tests.Problems;

/// <summary>Robust, mixed and conditional problems; the high-dimensional ones are functions like the others.</summary>
public sealed class OtherProblemsTests
{
    private static readonly Catalog Catalog = new(null);

    private static Problem Named(string name) => Catalog.Select([name])[0];

    private static IEnumerable<ParameterValues> Random(SearchSpace space) => Enumerable.Range(0, 3000).Select(number =>
    {
        var random = new KeyedRandom(9, number);
        return new UnitCube(space).Decode([.. space.Parameters.Select(_ => random.NextDouble())]);
    });

    [Fact]
    public void Mixed_and_conditional_problems_are_0_at_their_minimiser_and_larger_elsewhere()
    {
        foreach (var (name, at) in new[]
        {
            ("mixed16", MixedProblems.Minimiser), ("mixed16_coupled", MixedProblems.Minimiser),
            ("branches3", ConditionalProblems.BestBranch), ("layers5", ConditionalProblems.BestDepth),
        })
        {
            var problem = Named(name);
            Assert.Empty(problem.Space.Violations(at));
            Assert.Equal(0, problem.Truth(at), 1e-12);
            Assert.All(Random(problem.Space), point => Assert.True(problem.Truth(point) > 0));
        }
    }

    [Fact]
    public void Mixed_has_8_categoricals_4_ints_and_4_floats_and_three_branches_have_3_to_5_parameters()
    {
        Assert.Equal([8, 4, 4], [MixedProblems.Space.Parameters.OfType<CategoricalParameter>().Count(), MixedProblems.Space.Parameters.OfType<IntParameter>().Count(), MixedProblems.Space.Parameters.OfType<FloatParameter>().Count()]);
        Assert.Equal([3, 4, 5], ConditionalProblems.BranchSpace.Parameters.Where(p => p.When is not null).CountBy(p => p.When!.In![0].Text).Select(b => b.Value));
    }

    [Fact]
    public void One_value_in_ten_is_replaced_and_the_truth_stays()
    {
        foreach (var (name, isBroken) in new (string, Func<Outcome, bool>)[]
        {
            ("branin_1e12", o => o.Value == 1e12), ("branin_nan", o => o.State == TrialState.Infeasible), ("branin_failed", o => o.State == TrialState.Failed),
        })
        {
            var problem = Named(name);
            var point = new UnitCube(problem.Space).Decode([0.3, 0.4]);
            // 1,000 trials at 10 %: outside of 55 … 145 once in a million.
            Assert.InRange(Enumerable.Range(0, 1000).Count(number => isBroken(problem.Try(point, 1, number))), 55, 145);
            Assert.Equal(Named("branin").Truth(point), problem.Truth(point));
        }
    }

    [Fact]
    public void Noise_is_5_percent_of_the_range_and_keyed_by_seed_and_trial()
    {
        var problem = Named("branin_noisy");
        var point = new UnitCube(problem.Space).Decode([0.3, 0.4]);
        var noise = Enumerable.Range(0, 1000).Select(number => problem.Try(point, 1, number).Value - problem.Truth(point)).ToList();
        // The standard error of σ = 15.4 is 0.34, of the mean 0.49: five of each.
        Assert.InRange(Math.Sqrt(noise.Average(v => v * v)), 13.7, 17.1);
        Assert.InRange(noise.Average(), -2.5, 2.5);
        Assert.Equal(problem.Try(point, 1, 5), problem.Try(point, 1, 5));
        Assert.NotEqual(problem.Try(point, 1, 5), problem.Try(point, 2, 5));
    }

    [Fact]
    public void Scaled_trials_count_in_the_functions_own_units_and_every_trial_can_be_doubled()
    {
        var point = new UnitCube(Named("hartmann6").Space).Decode([0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
        Assert.Equal(1e9 * Named("hartmann6").Truth(point), Named("hartmann6_1e9").Try(point, 1, 0).Value);
        Assert.Equal(Named("hartmann6").Truth(point), Named("hartmann6_1e-9").Truth(point));
        Assert.Equal(2, Named("hartmann6_twice").Copies);
        Assert.Equal(Run.Best(Named("hartmann6"), "sobol", 1, 5)[0], Run.Best(Named("hartmann6_twice"), "sobol", 1, 5)[0]);
    }

    [Fact]
    public void Every_problem_has_a_name_of_its_own_and_can_be_searched()
    {
        var all = Catalog.Select(["all"]);
        Assert.Equal(all.Count, all.DistinctBy(p => p.Name).Count());
        Assert.All(all, problem => Assert.Equal(14, Run.Best(problem, "gp", 1, 14).Length));
    }
}
