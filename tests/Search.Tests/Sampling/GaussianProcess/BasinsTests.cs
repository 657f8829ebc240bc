using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

/// <summary>Two holes in a plane, (0.25, 0.25) and (0.75, 0.75); the first is where trials gather.</summary>
public sealed class BasinsTests
{
    private static readonly SearchSpace Square = new([new FloatParameter("x", 0, 1), new FloatParameter("y", 0, 1)]);

    private static double Loss(double x, double y) => -Hole(x, y, 0.25, 1) - Hole(x, y, 0.75, 0.9);

    private static double Hole(double x, double y, double centre, double depth) => depth * Math.Exp(-20 * (Math.Pow(x - centre, 2) + Math.Pow(y - centre, 2)));

    /// <summary>So many trials, 12 of them about so far from the first hole's bottom, the others anywhere.</summary>
    private static StudyHistory Gathered(int trials, double near)
    {
        var (stream, history) = (new RandomStream(5, 6), Histories.Empty(Square));
        for (var i = 0; i < trials; i++)
        {
            var (x, y) = i % 2 == 0 && i < 24 ? (0.25 + near * stream.NextNormal(), 0.25 + near * stream.NextNormal()) : (stream.NextDouble(), stream.NextDouble());
            history = history.Completed(new UnitCube(Square).Decode([Math.Clamp(x, 0, 1), Math.Clamp(y, 0, 1)]), Loss(x, y));
        }

        return history;
    }

    private static double FromFirst(StudyHistory history)
    {
        var point = SamplerRegistry.Create(new SamplerSettings("gp", 3), Square, history.Objectives).Suggest(history, 1, CancellationToken.None)[0].Parameters;
        return Math.Max(Math.Abs(point["x"].Number - 0.25), Math.Abs(point["y"].Number - 0.25));
    }

    [Fact]
    public void A_settled_basin_gets_half_of_the_local_trials_and_the_next_one_the_others()
    {
        Assert.InRange(FromFirst(Gathered(83, 1e-3)), 0, 0.01); // the number of the trial says who is asked, see GpSampler
        Assert.InRange(FromFirst(Gathered(81, 1e-3)), 0.1, 1);
    }

    [Fact]
    public void While_scores_around_the_best_differ_all_local_trials_stay() => Assert.InRange(FromFirst(Gathered(81, 0.05)), 0, 0.1);

    [Fact]
    public void Other_trials_do_not_add_digits_in_a_settled_basin() => Assert.InRange(FromFirst(Gathered(82, 1e-3)), 0.02, 1);

    [Fact]
    public void When_every_basin_is_settled_none_is_open()
    {
        var features = new Features(Square);
        List<Observation> all = [.. Gathered(40, 1e-3).Trials.Select(t => new Observation(t.Parameters, features.Of(t.Parameters), 1))];
        var basins = new Basins(features, all, 9);
        Assert.Null(basins.FirstOpen(all.Select(o => o.X)));
    }
}
