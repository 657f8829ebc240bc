using System.Text.Json;
using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>Several objectives as one, and the searches that it makes.</summary>
public sealed class ScalarizationTests
{
    private static readonly Objective[] Two = [new("a", Direction.Minimize), new("b", Direction.Maximize)];

    // A little hollow: a sum of the scores with weights is best at its ends only.
    private static readonly double[][] Hollow = [.. Enumerable.Range(0, 21).Select(i => i / 20.0).Select(t => new[] { t - 0.1 * t * (1 - t), 1 - t - 0.1 * t * (1 - t) })];

    private static readonly SearchSpace Cube = new([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1), new FloatParameter("z", 0, 1)]);

    [Theory, InlineData(2), InlineData(3), InlineData(8)]
    public void Directions_cover_the_sphere_and_follow_from_seed_and_number_of_odd_and_even_trials_alike(int k)
    {
        foreach (var parity in new[] { 0, 1 })
        {
            var directions = Enumerable.Range(0, 256).Select(number => Scalarization.Direction(k, 5, 2 * number + parity)).ToList();
            Assert.All(directions, d => Assert.Equal(1, d.Sum(part => part * part), 1e-12));
            Assert.All(directions, d => Assert.All(d, part => Assert.InRange(part, 0, 1)));
            // The mean square of each is 1/k, and the largest of them is each in turn.
            for (var j = 0; j < k; j++)
            {
                Assert.Equal(1.0 / k, directions.Average(d => d[j] * d[j]), 0.02);
                Assert.InRange(directions.Count(d => d[j] == d.Max()), 256 / k * 0.7, 256 / k * 1.3);
            }
        }

        Assert.Equal(Scalarization.Direction(k, 5, 7), Scalarization.Direction(k, 5, 7));
        Assert.NotEqual(Scalarization.Direction(k, 5, 7), Scalarization.Direction(k, 6, 7));
        Assert.NotEqual(Scalarization.Direction(k, 5, 7), Scalarization.Direction(k, 5, 6));
    }

    [Fact]
    public void Who_dominates_never_has_the_worse_score_whatever_the_direction()
    {
        var stream = new RandomStream(1, 2);
        double[][] scores = [.. Enumerable.Range(0, 60).Select(_ => new[] { stream.NextNormal(), 1e6 * stream.NextNormal(), 1e-6 * stream.NextNormal() })];
        for (var number = 0; number < 20; number++)
        {
            var scalarization = new Scalarization(scores, Scalarization.Direction(3, 1, number));
            foreach (var a in scores)
                foreach (var b in scores.Where(b => Pareto.Dominates(a, b)))
                    Assert.True(scalarization.Of(a) >= scalarization.Of(b));
        }
    }

    [Fact]
    public void Every_part_of_a_hollow_front_is_the_best_for_some_directions_and_one_bad_trial_changes_nothing()
    {
        foreach (var scores in new[] { Hollow, [.. Hollow, [-1e12, -1e12]] })
        {
            var best = Enumerable.Range(0, 600).Select(number => new Scalarization(scores, Scalarization.Direction(2, 3, number)))
                .Select(s => Array.IndexOf(Hollow, Hollow.MaxBy(s.Of)!)).Distinct();
            Assert.Equal(Enumerable.Range(0, 21), best.Order());
        }
    }

    [Fact]
    public void The_mean_square_of_the_best_is_the_dominated_area()
    {
        // Of the box from (0.95 - 1, 0.95 - 1) = (-0.05, -0.05), which the front fills to 1: by steps, and π/4 of what directions say.
        var front = Hollow.OrderBy(s => s[0]).ToList();
        var area = front.Select((s, i) => (s[0] + 0.05 - (i == 0 ? 0 : front[i - 1][0] + 0.05)) * (s[1] + 0.05)).Sum() / (1.05 * 1.05);
        var mean = Enumerable.Range(0, 4096).Average(number => Math.Pow(new Scalarization(Hollow, Scalarization.Direction(2, 3, number)) is var s ? Hollow.Max(s.Of) : 0, 2));
        Assert.Equal(area, Math.PI / 4 * mean, 0.005);
    }

    [Fact]
    public void Standardised_scores_have_the_same_score()
    {
        double[] means = [0.3, -2], deviations = [0.1, 40];
        var along = new Scalarization(Hollow, [0.6, 0.8]);
        var same = along.Standardised(means, deviations);
        Assert.All(Hollow, s => Assert.Equal(along.Of(s), same.Of([.. s.Select((v, j) => (v - means[j]) / deviations[j])]), 1e-12));
    }

    [Fact]
    public void Gp_finds_a_front_and_goes_along_all_of_it()
    {
        // x from 0 to 0.5 is the front, where y and z are right.
        var late = Search(60, 2, seed: 2).Trials.Skip(20).Where(t => t.Values["a"] - t.Parameters["x"].Number * t.Parameters["x"].Number < 0.01).Select(t => t.Parameters["x"].Number).ToList();
        Assert.True(late.Count > 25, $"{late.Count} of 40 near the front");
        for (var part = 0; part < 5; part++)
            Assert.Contains(late, x => x >= part * 0.1 && x <= (part + 1) * 0.1);
    }

    [Theory, InlineData(0, ""), InlineData(3, ""), InlineData(0, """{"maxObservations": 20}"""), InlineData(3, """{"maxObservations": 20}""")]
    public void A_sampler_that_is_kept_proposes_what_a_new_one_does(int pending, string options)
    {
        ISampler New() => SamplerRegistry.Create(new SamplerSettings("gp", 4, options == "" ? null : JsonDocument.Parse(options).RootElement), Cube, Two);
        var kept = New();
        var history = new StudyHistory(Cube, Two, []);
        for (var i = 0; i < 60; i++)
        {
            // Those that are pending finish out of order, one in ten without values.
            if (i >= pending && pending > 0)
            {
                var done = i % 2 == 0 ? i - pending : i - 1;
                history = history with { Trials = [.. history.Trials.Select((t, k) => k <= done - 1 || k == done ? Finished(t, t.Number % 10 == 7) : t)] };
            }

            var suggestion = kept.Suggest(history, 1, CancellationToken.None)[0];
            if (i % 4 == 0 || i > 50)
                Assert.Equal(New().Suggest(history, 1, CancellationToken.None)[0], suggestion);
            history = pending == 0 ? With(history, suggestion.Parameters)
                : history with { Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, TrialState.Running, suggestion.Parameters, new Dictionary<string, double>(), [])] };
        }
    }

    private static TrialSnapshot Finished(TrialSnapshot trial, bool isInfeasible) => trial.State != TrialState.Running ? trial
        : isInfeasible ? trial with { State = TrialState.Infeasible } : With(new StudyHistory(Cube, Two, []), trial.Parameters).Trials[0] with { Number = trial.Number };

    private static StudyHistory Search(int trials, int count, long seed)
    {
        var sampler = SamplerRegistry.Create(new("gp", seed), Cube, Two);
        var history = new StudyHistory(Cube, Two, []);
        while (history.Trials.Count < trials)
            foreach (var suggestion in sampler.Suggest(history, count, CancellationToken.None))
                history = With(history, suggestion.Parameters);
        return history;
    }

    private static StudyHistory With(StudyHistory history, ParameterValues point)
    {
        double At(string name) => point[name].Number;
        var off = Math.Pow(At("y") - 0.3, 2) + Math.Pow(At("z") - 0.8, 2);
        var values = new Dictionary<string, double> { ["a"] = At("x") * At("x") + off, ["b"] = -Math.Pow(At("x") - 0.5, 2) - off };
        return history with { Trials = [.. history.Trials, new TrialSnapshot(history.NextNumber, TrialState.Completed, point, values, [])] };
    }
}
