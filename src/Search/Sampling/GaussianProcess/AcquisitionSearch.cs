// Notation: u, shape [d] = a point of the unit cube; x = its features.
using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Finds the points with the largest acquisition value: many candidates, then local search from the best of them, all at
/// once, so that the model predicts eight points at a time.</summary>
internal sealed class AcquisitionSearch
{
    private const int LocalStarts = 6, Draws = 20;

    // Candidates between two looks at the clock: few enough for the largest model, a multiple of what a model predicts at once.
    private const int BetweenLooks = 8 * GpModel.Batch;
    private readonly UnitCube _cube;
    private readonly Features _features;
    private readonly IAcquisition _acquisition;
    private readonly double[] _low, _high;

    /// <summary>A search of the cube, or of a box in it by its numeric coordinates, shape [d].</summary>
    public AcquisitionSearch(UnitCube cube, Features features, IAcquisition acquisition, (double[] Low, double[] High)? box = null)
    {
        (_cube, _features, _acquisition) = (cube, features, acquisition);
        (_low, _high) = box ?? (new double[cube.Dimensions], [.. Enumerable.Repeat(1.0, cube.Dimensions)]);
    }

    /// <summary>Points in the order of falling acquisition values; the first are local optima.</summary>
    /// <param name="incumbents">Good points, whose neighbourhood is searched too.</param>
    /// <param name="candidates">How many random candidates.</param>
    /// <param name="stream">Randomness.</param>
    /// <param name="isOver">Asked now and then: when true, the points found so far are returned.</param>
    public IEnumerable<ParameterValues> Search(IReadOnlyList<ParameterValues> incumbents, int candidates, RandomStream stream, Func<bool> isOver)
    {
        var points = Candidates(incumbents, candidates, stream);
        var pool = new List<(double Value, double[] U)>();
        foreach (var part in points.Chunk(BetweenLooks))
        {
            pool.AddRange(_acquisition.At([.. part.Select(u => _features.At(u))]).Zip(part));
            if (isOver())
                break;
        }

        pool.Sort((a, b) => b.Value.CompareTo(a.Value));
        var climbs = pool.Take(LocalStarts).Select(start => new Climb(_cube.Space, _features, _low, _high, start.U, start.Value)).ToList();
        RunAll(climbs, isOver);
        return climbs.Select(c => (c.Value, c.U)).OrderByDescending(c => c.Value).Concat(pool).Select(p => _cube.Decode(p.U));
    }

    private List<double[]> Candidates(IReadOnlyList<ParameterValues> incumbents, int count, RandomStream stream)
    {
        if (Enumeration.Bound(_cube.Space) <= 2 * count)
            return [.. Enumeration.MoreThan(_cube.Space, 2 * count).Select(_cube.Encode)];
        // One in three lies around a good point, as near and in as many coordinates as chance will have it.
        double[][] centres = [.. incumbents.Select(_cube.Encode)];
        return [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 && centres.Length > 0
            ? Kept(incumbents[i / 3 % centres.Length], () => Neighbour((double[])centres[i / 3 % centres.Length].Clone(), stream))
            : Kept(incumbents.Count > 0 ? incumbents[0] : null, () => Draw(stream))).OfType<double[]>()];
    }

    private double[]? Kept(ParameterValues? near, Func<double[]> draw) => Admissible.Point(_cube, draw(), draw, near, Draws);

    private double[] Draw(RandomStream stream)
    {
        var u = PointSampler.Draw(stream, _cube.Dimensions);
        for (var j = 0; j < u.Length; j++)
            if (!_features.IsCategorical[j])
                u[j] = _low[j] + u[j] * (_high[j] - _low[j]);
        return u;
    }

    private double[] Neighbour(double[] u, RandomStream stream)
    {
        var width = Math.Pow(10, -2.5 * stream.NextDouble() - 0.3);
        var share = Math.Max(1.0 / u.Length, stream.NextDouble());
        for (var j = 0; j < u.Length; j++)
        {
            if (stream.NextDouble() > share)
                continue;
            u[j] = _features.IsCategorical[j] ? stream.NextDouble() : Math.Clamp(u[j] + width * stream.NextNormal(), _low[j], _high[j]);
        }

        return u;
    }

    private void RunAll(List<Climb> climbs, Func<bool> isOver)
    {
        var running = climbs.Select(c => c.Steps().GetEnumerator()).ToList();
        while (running.RemoveAll(r => !r.MoveNext()) >= 0 && running.Count > 0 && !isOver())
        {
            Answer([.. running.SelectMany(r => r.Current).Where(p => p.Gradient is not null)]);
            Answer([.. running.SelectMany(r => r.Current).Where(p => p.Gradient is null)]);
        }
    }

    private void Answer(List<Probe> probes)
    {
        if (probes.Count == 0)
            return;
        var values = _acquisition.At([.. probes.Select(p => p.X)], probes[0].Gradient is null ? null : [.. probes.Select(p => p.Gradient!)]);
        for (var i = 0; i < probes.Count; i++)
            probes[i].Value = values[i];
    }
}
