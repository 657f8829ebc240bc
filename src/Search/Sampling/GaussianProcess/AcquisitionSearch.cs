// Notation: u, shape [d] = a point of the unit cube; x = its features.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Finds the points with the largest expected improvement: many candidates, then local search from the best of them, by gradient
/// over the numeric coordinates and by exhaustion over the choices, in turn.</summary>
internal sealed class AcquisitionSearch
{
    private const int LocalStarts = 6, Rounds = 3, MaxChoices = 24;
    private readonly UnitCube _cube;
    private readonly Features _features;
    private readonly ExpectedImprovement _improvement;

    public AcquisitionSearch(UnitCube cube, Features features, ExpectedImprovement improvement) =>
        (_cube, _features, _improvement) = (cube, features, improvement);

    /// <summary>Points in the order of falling expected improvement; the first are local optima.</summary>
    /// <param name="incumbents">Good points, whose neighbourhood is searched too.</param>
    /// <param name="candidates">How many random candidates.</param>
    /// <param name="stream">Randomness.</param>
    /// <param name="cancellationToken">Polled.</param>
    public IEnumerable<ParameterValues> Search(IReadOnlyList<ParameterValues> incumbents, int candidates, RandomStream stream, CancellationToken cancellationToken)
    {
        var points = Candidates(incumbents, candidates, stream);
        cancellationToken.ThrowIfCancellationRequested();
        var pool = points.Zip(_improvement.At([.. points.Select(_features.Of)]), (point, value) => (Value: value, Point: point)).ToList();
        pool.Sort((a, b) => b.Value.CompareTo(a.Value));
        var optima = pool.Take(LocalStarts).Select(start => Climb(start, cancellationToken)).OrderByDescending(o => o.Value).ToList();
        return optima.Concat(pool).Select(p => p.Point);
    }

    private List<ParameterValues> Candidates(IReadOnlyList<ParameterValues> incumbents, int count, RandomStream stream)
    {
        if (Enumeration.Bound(_cube.Space) <= 2 * count)
            return [.. Enumeration.MoreThan(_cube.Space, 2 * count)];
        // One in three lies around a good point, as near and in as many coordinates as chance will have it.
        return [.. Enumerable.Range(0, count).Select(i => _cube.Decode(i % 3 == 0 && incumbents.Count > 0
            ? Neighbour(_cube.Encode(incumbents[i / 3 % incumbents.Count]), stream)
            : PointSampler.Draw(stream, _cube.Dimensions)))];
    }

    private double[] Neighbour(double[] u, RandomStream stream)
    {
        var width = Math.Pow(10, -2.5 * stream.NextDouble() - 0.3);
        var share = Math.Max(1.0 / u.Length, stream.NextDouble());
        for (var j = 0; j < u.Length; j++)
        {
            if (stream.NextDouble() > share)
                continue;
            u[j] = _cube.Space.Parameters[j] is ChoiceParameter and not OrdinalParameter
                ? stream.NextDouble()
                : Math.Clamp(u[j] + width * stream.NextNormal(), 0, 1);
        }

        return u;
    }

    private (double Value, ParameterValues Point) Climb((double Value, ParameterValues Point) start, CancellationToken cancellationToken)
    {
        var best = start;
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = best.Value;
            best = Better(best, ByGradient(best.Point));
            for (var j = 0; j < _cube.Dimensions; j++)
                best = ByChoice(best, j);
            if (best.Value - before < 1e-6)
                break;
        }

        return best;
    }

    private (double Value, ParameterValues Point) ByChoice((double Value, ParameterValues Point) best, int j)
    {
        var parameter = _cube.Space.Parameters[j];
        if (parameter.Cardinality is not { } count || !best.Point.ContainsKey(parameter.Name))
            return best;
        var u = _cube.Encode(best.Point);
        if (count <= MaxChoices)
        {
            for (var c = 0; c < count; c++)
            {
                u[j] = (c + 0.5) / count;
                best = Better(best, _cube.Decode(u));
            }

            return best;
        }

        // A long list: the neighbours; the gradient has done the rest.
        foreach (var step in new[] { -1, 1 })
        {
            u[j] = Math.Clamp(UnitCube.Encode(parameter, best.Point[parameter.Name]) + step * 1.01 / count, 0, 1);
            best = Better(best, _cube.Decode(u));
        }

        return best;
    }

    private (double Value, ParameterValues Point) Better((double Value, ParameterValues Point) best, ParameterValues point) =>
        _improvement.At(_features.Of(point)) is var value && value > best.Value ? (value, point) : best;

    private ParameterValues ByGradient(ParameterValues start)
    {
        var u = _cube.Encode(start);
        var x = _features.Of(start);
        var moving = Enumerable.Range(0, u.Length)
            .Where(j => _cube.Space.Parameters[j] is var p && (p.Cardinality is null || (p.Cardinality > MaxChoices && p is not ChoiceParameter)) && start.ContainsKey(p.Name))
            .ToArray();
        if (moving.Length == 0)
            return start;
        var full = new double[u.Length];
        var position = Array.ConvertAll(moving, j => u[j]);
        BoundedLbfgs.Minimize(
            (p, gradient) =>
            {
                for (var i = 0; i < moving.Length; i++)
                    x[moving[i]] = p[i];
                var value = _improvement.At(x, full);
                for (var i = 0; i < moving.Length; i++)
                    gradient[i] = -full[moving[i]];
                return -value;
            },
            position, new double[moving.Length], [.. Enumerable.Repeat(1.0, moving.Length)], iterations: 40, tolerance: 1e-4);
        for (var i = 0; i < moving.Length; i++)
            u[moving[i]] = position[i];
        return _cube.Decode(u);
    }
}
