using HpoService.Bench.Problems;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Latency;

/// <summary>The history of a search that has come some way: half of the trials lie near the optimum of Levy's function in the unit cube.</summary>
internal sealed class LongHistory
{
    private const double Near = 0.1;
    private readonly UnitCube _cube;
    private readonly Objective _objective = new("loss", Direction.Minimize);

    public LongHistory(int dimensions, bool isMixed) =>
        _cube = new UnitCube(new SearchSpace([.. Enumerable.Range(0, dimensions).Select(i => Parameter($"x{i + 1}", isMixed ? i % 3 : 0))]));

    public SearchSpace Space => _cube.Space;

    public IReadOnlyList<Objective> Objectives => [_objective];

    /// <summary>The first so many trials, as new objects: nothing that was kept about others fits them.</summary>
    public StudyHistory Of(int trials) => new(Space, Objectives, [.. Enumerable.Range(0, trials).Select(number => Trial(number))]);

    /// <summary>The history with one more trial, at a point that a sampler proposed.</summary>
    public StudyHistory With(StudyHistory history, ParameterValues point) => history with { Trials = [.. history.Trials, Trial(history.NextNumber, point)] };

    private TrialSnapshot Trial(int number, ParameterValues? point = null)
    {
        if (point is null)
        {
            var random = new KeyedRandom(1, number);
            point = _cube.Decode([.. Enumerable.Range(0, _cube.Dimensions).Select(_ =>
                number % 2 == 0 ? random.NextDouble() : Math.Clamp(0.55 + Near * (2 * random.NextDouble() - 1), 0, 1))]);
        }

        var value = Formulas.Levy([.. _cube.Encode(point).Select(u => -10 + 20 * u)]);
        return new TrialSnapshot(number, TrialState.Completed, point, new Dictionary<string, double> { [_objective.Metric] = value }, []);
    }

    private static Parameter Parameter(string name, int kind) => kind switch
    {
        0 => new FloatParameter(name, -10, 10),
        1 => new IntParameter(name, 1, 1000),
        _ => new CategoricalParameter(name, ["a", "b", "c", "d", "e"]),
    };
}
