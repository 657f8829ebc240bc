// Notation: u, shape [d] = a point of the unit cube; x = its features; a = what is maximised.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>A point at which a local search wants to know a, and a's gradient by the numeric coordinates where it is given, shape [d].</summary>
internal sealed class Probe(double[] x, double[]? gradient)
{
    public double[] X { get; } = x;

    public double[]? Gradient { get; } = gradient;

    public double Value { get; set; }
}

/// <summary>A local search: by gradient over the numeric coordinates and by exhaustion over the choices, in turn.</summary>
/// <param name="space">The space.</param>
/// <param name="features">Of the space.</param>
/// <param name="low">Lower bounds of the numeric coordinates, shape [d].</param>
/// <param name="high">Upper bounds.</param>
/// <param name="u">The start.</param>
/// <param name="value">a there.</param>
internal sealed class Climb(SearchSpace space, Features features, double[] low, double[] high, double[] u, double value)
{
    /// <summary>A parameter with at most so many values is searched by exhaustion.</summary>
    public const int MaxChoices = 24;

    private const int Rounds = 3;
    private readonly UnitCube _cube = new(space);

    /// <summary>The best point so far.</summary>
    public double[] U { get; private set; } = u;

    /// <summary>a there.</summary>
    public double Value { get; private set; } = value;

    /// <summary>Asks for values; each must be answered before the next step.</summary>
    public IEnumerable<IReadOnlyList<Probe>> Steps()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var before = Value;
            foreach (var probes in ByGradient())
                yield return probes;
            var choices = 0;
            for (var j = 0; j < U.Length; j++)
            {
                var points = Others(j).ToList();
                if (points.Count == 0)
                    continue;
                choices++;
                Probe[] probes = [.. points.Select(p => new Probe(features.At(p), null))];
                yield return probes;
                for (var i = 0; i < probes.Length; i++)
                    Keep(points[i], probes[i].Value);
            }

            if (choices == 0 || Value - before < 1e-6)
                break;
        }
    }

    private void Keep(double[] point, double at)
    {
        if (at > Value && Admissible.Keeps(_cube, point))
            (U, Value) = (point, at);
    }

    // The other values of a discrete parameter; of a long list, the neighbours: the gradient has done the rest.
    private IEnumerable<double[]> Others(int j)
    {
        var parameter = space.Parameters[j];
        if (parameter.Cardinality is not { } count || !features.Active(U)[j])
            yield break;
        var current = UnitCube.Snap(parameter, U[j]);
        for (var c = 0L; c < (count <= MaxChoices ? count : 2); c++)
        {
            var coordinate = count > MaxChoices ? Math.Clamp(current + (2 * c - 1) * 1.01 / count, 0, 1)
                : parameter is IntParameter p ? UnitCube.Encode(p, p.Low + c * p.Step)
                : (c + 0.5) / count;
            if (UnitCube.Snap(parameter, coordinate) == current)
                continue;
            var other = (double[])U.Clone();
            other[j] = coordinate;
            yield return other;
        }
    }

    private IEnumerable<IReadOnlyList<Probe>> ByGradient()
    {
        var active = features.Active(U);
        var moving = Enumerable.Range(0, U.Length)
            .Where(j => active[j] && space.Parameters[j] is var p && (p.Cardinality is null || (p.Cardinality > MaxChoices && p is not ChoiceParameter)))
            .ToArray();
        if (moving.Length == 0)
            yield break;
        var x = features.At(U);
        var search = new BoundedLbfgs(
            Array.ConvertAll(moving, j => Math.Clamp(U[j], low[j], high[j])), Array.ConvertAll(moving, j => low[j]), Array.ConvertAll(moving, j => high[j]),
            iterations: 40, tolerance: 1e-4);
        while (search.Next() is { } position)
        {
            var probe = new Probe((double[])x.Clone(), new double[U.Length]);
            for (var i = 0; i < moving.Length; i++)
                probe.X[moving[i]] = features.Of(moving[i], position[i]);
            yield return [probe];
            search.Answer = -probe.Value;
            for (var i = 0; i < moving.Length; i++)
                search.AnswerGradient[i] = -probe.Gradient![moving[i]] * features.Slope;
        }

        var end = (double[])U.Clone();
        for (var i = 0; i < moving.Length; i++)
            end[moving[i]] = search.X[i];
        if (moving.All(j => space.Parameters[j].Cardinality is null))
        {
            Keep(end, -search.Value);
            yield break;
        }

        var snapped = new Probe(features.At(end), null);
        yield return [snapped];
        Keep(end, snapped.Value);
    }
}
