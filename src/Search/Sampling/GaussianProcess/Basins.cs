// Notation: n feasible observations; x, shape [d] = features of the whole space; r = a neighbourhood's radius.
namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Where a local model still has something to gain. Once the scores around a point are next to equal beside the others, more trials
/// there only add digits: the basin is settled, and trials belong to the next one.</summary>
/// <remarks>What TuRBO does by a restart when its trust region has collapsed (Eriksson et al., NeurIPS 2019, arXiv 1910.01739), with all observations kept.</remarks>
/// <param name="features">Of the whole space.</param>
/// <param name="feasible">Shape [n].</param>
/// <param name="nearest">How many of them a neighbourhood holds, at most n.</param>
internal sealed class Basins(Features features, List<Observation> feasible, int nearest)
{
    // Of the distance between the best score around and the median of those further away.
    private const double Settled = 0.01;

    // Each costs a look at all observations.
    private const int MostLooks = 500;

    /// <summary>The observations that it was made of.</summary>
    public IReadOnlyList<Observation> Feasible => feasible;

    /// <summary>The neighbourhood of a point.</summary>
    public Neighbourhood Around(double[] x) => new(x, features.IsCategorical, feasible.Select(o => o.X), nearest);

    /// <summary>Whether the scores in a neighbourhood are next to equal.</summary>
    public bool IsSettled(Neighbourhood around)
    {
        var inside = feasible.ToLookup(o => around.Distance(o.X) <= around.Radius, o => o.Score);
        var outside = inside[false].Order().ToList();
        return inside.Contains(true) && outside.Count > 0 && inside[true].Max() - inside[true].Min() <= Settled * (inside[true].Max() - outside[outside.Count / 2]);
    }

    /// <summary>The neighbourhood of the first of the points, the best first, that is not settled nor next to a settled one; null when there is none.</summary>
    public Neighbourhood? FirstOpen(IEnumerable<double[]> points)
    {
        var settled = new List<double[]>();
        foreach (var x in points.Take(MostLooks))
        {
            var around = Around(x);
            // Twice: so far away lies what a local model is fitted to.
            if (settled.Any(s => around.Distance(s) <= 2 * around.Radius))
                continue;
            if (!IsSettled(around))
                return around;
            settled.Add(x);
        }

        return null;
    }
}
