using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>Several objectives as one.</summary>
public sealed class ScalarizationTests
{
    private static readonly Objective[] Two = [new("a", Direction.Minimize), new("b", Direction.Maximize)];

    // A little hollow: a sum of the scores with weights is best at its ends only.
    private static readonly double[][] Hollow = [.. Enumerable.Range(0, 21).Select(i => i / 20.0).Select(t => new[] { t - 0.1 * t * (1 - t), 1 - t - 0.1 * t * (1 - t) })];

    [Theory, InlineData(2), InlineData(3), InlineData(8)]
    public void Weights_cover_the_simplex_and_follow_from_seed_and_number(int k)
    {
        var weights = Enumerable.Range(0, 256).Select(number => Scalarization.Weights(k, 5, number)).ToList();
        Assert.All(weights, w => Assert.Equal(1, w.Sum(), 1e-12));
        Assert.All(weights, w => Assert.All(w, part => Assert.InRange(part, 0, 1)));
        // The mean of each is 1/k, and the largest of them is each in turn.
        for (var j = 0; j < k; j++)
        {
            Assert.Equal(1.0 / k, weights.Average(w => w[j]), 0.02);
            Assert.InRange(weights.Count(w => w[j] == w.Max()), 256 / k * 0.7, 256 / k * 1.3);
        }

        Assert.Equal(weights[7], Scalarization.Weights(k, 5, 7));
        Assert.NotEqual(weights[7], Scalarization.Weights(k, 6, 7));
    }

    [Fact]
    public void Who_dominates_has_the_better_score_whatever_the_weights()
    {
        var stream = new RandomStream(1, 2);
        double[][] scores = [.. Enumerable.Range(0, 60).Select(_ => new[] { stream.NextNormal(), 1e6 * stream.NextNormal(), 1e-6 * stream.NextNormal() })];
        for (var number = 0; number < 20; number++)
        {
            var scalarization = new Scalarization(scores, Scalarization.Weights(3, 1, number));
            foreach (var a in scores)
                foreach (var b in scores.Where(b => Pareto.Dominates(a, b)))
                    Assert.True(scalarization.Of(a) > scalarization.Of(b));
        }
    }

    [Fact]
    public void Every_part_of_a_hollow_front_is_the_best_for_some_weights_and_one_bad_trial_changes_nothing()
    {
        foreach (var scores in new[] { Hollow, [.. Hollow, [-1e12, -1e12]] })
        {
            var best = Enumerable.Range(0, 300).Select(number => new Scalarization(scores, Scalarization.Weights(2, 3, number)))
                .Select(s => Array.IndexOf(Hollow, Hollow.MaxBy(s.Of)!)).Distinct();
            Assert.Equal(Enumerable.Range(0, 21), best.Order());
        }
    }

    [Fact]
    public void Gp_finds_a_front_and_goes_along_all_of_it()
    {
        // x from 0 to 0.5 is the front, where y and z are right.
        var space = new SearchSpace([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1), new FloatParameter("z", 0, 1)]);
        var sampler = SamplerRegistry.Create(new("gp", 2), space, Two);
        var history = new StudyHistory(space, Two, []);
        while (history.Trials.Count < 60)
            foreach (var suggestion in sampler.Suggest(history, 2, CancellationToken.None))
            {
                double At(string name) => suggestion.Parameters[name].Number;
                var off = Math.Pow(At("y") - 0.3, 2) + Math.Pow(At("z") - 0.8, 2);
                var values = new Dictionary<string, double> { ["a"] = At("x") * At("x") + off, ["b"] = -Math.Pow(At("x") - 0.5, 2) - off };
                history = history with { Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, TrialState.Completed, suggestion.Parameters, values, [])] };
            }

        var late = history.Trials.Skip(20).Where(t => t.Values["a"] - t.Parameters["x"].Number * t.Parameters["x"].Number < 0.01).Select(t => t.Parameters["x"].Number).ToList();
        Assert.True(late.Count > 25, $"{late.Count} of 40 near the front");
        for (var part = 0; part < 5; part++)
            Assert.Contains(late, x => x >= part * 0.1 && x <= (part + 1) * 0.1);
    }
}
