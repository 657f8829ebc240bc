// Notation: d = number of parameters; u, shape [d] = a point of the unit cube.
using HpoService.Search.Numerics;
using HpoService.Search.Sampling.Sobol;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>The trials before there is a model: the centre, then steps from the best trial so far, or from the centre while none has finished, along one
/// coordinate after another: two trials that differ in one parameter tell its slope, where a few points spread over the whole space tell next to nothing.</summary>
/// <remarks>So COBYLA builds its first simplex (Powell 1994). Spaces with choices, few values or conditions have no slopes, one parameter has no others to
/// be told apart from, and several objectives have no best trial: there, and while all that finished is infeasible, it is a Sobol sequence.</remarks>
/// <param name="cube">Of the space.</param>
/// <param name="known">Of the study's trials.</param>
/// <param name="seed">The study's.</param>
internal sealed class InitialDesign(UnitCube cube, KnownTrials known, long seed)
{
    // Of a parameter's range; the second where the first was taken in both directions.
    private static readonly double[] StepLengths = [0.2, 0.1];

    // Closer than this is the same point.
    private const double Same = 1e-9;

    // No trial's number: the coordinates' order is the study's.
    private const long OrderKey = -1;

    private readonly bool _hasSteps = cube.Dimensions > 1 && known.History.Objectives.Count == 1 && cube.Space.Parameters.All(HasSlope);

    /// <summary>How many trials it has unless the study says otherwise.</summary>
    public int Count => Math.Min(2 + cube.Dimensions, _hasSteps ? 8 : 6);

    /// <summary>The step for so many known trials, 1 to d + 1; where it was taken, the other way, then half as far; null when there is none left.</summary>
    public double[]? Step(int index, Visited visited, RandomStream stream)
    {
        var d = cube.Dimensions;
        if (!_hasSteps || index < 1 || index > d + 1)
            return null;
        var best = known.Finished.Where(t => t.Scores is not null).MaxBy(t => t.Scores![0]);
        if (best is null && known.Finished.Count > 0)
            return null;
        var order = new RandomStream(seed, OrderKey);
        var j = Enumerable.Range(0, d).OrderBy(_ => order.NextDouble()).ElementAt(index % d);
        var sign = stream.NextDouble() < 0.5 ? -1 : 1;
        var u = best is null ? Centre() : cube.Encode(best.Trial.Parameters);
        var steps = StepLengths.SelectMany(length => new[] { u[j] + sign * length, u[j] - sign * length }).Where(v => v is >= 0 and <= 1)
            .Select(v => u.Select((w, k) => k == j ? v : w).ToArray()).ToList();
        // Back to where the best came from is another point by a rounding.
        List<double[]> taken = [.. known.Finished.Select(t => t.Trial.Parameters).Concat(known.Pending).Select(cube.Encode)];
        bool IsTaken(double[] step) => visited.Contains(cube.Decode(step)) || taken.Exists(k => k.Zip(step).All(t => Math.Abs(t.First - t.Second) < Same));
        // A random point takes the place of the first one where the constraints refuse it.
        return IsTaken(steps[0]) ? steps.Skip(1).FirstOrDefault(s => !IsTaken(s) && Admissible.Keeps(cube, s)) : steps[0];
    }

    /// <summary>The centre first, then evenly spread.</summary>
    public double[] Spread(int index, RandomStream stream)
    {
        var d = cube.Dimensions;
        return index == 0 ? Centre()
            : d <= SobolSequence.MaxDimensions ? new SobolSequence(d, seed).At((uint)index)
            : PointSampler.Draw(stream, d);
    }

    private double[] Centre() => [.. Enumerable.Repeat(0.5, cube.Dimensions)];

    private static bool HasSlope(Parameter p) => p is FloatParameter or IntParameter && p.When is null && !(p.Cardinality <= Climb.MaxChoices);
}
