// Notation: n points; k objectives; scores, shape [n][k], larger is better.
namespace HpoService.Search.Sampling;

/// <summary>The order of points that have several scores.</summary>
/// <remarks>Deb, Pratap, Agarwal and Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II (2002), sections III A and B.</remarks>
internal static class Pareto
{
    /// <summary>Whether a is at least as good as b everywhere and better somewhere.</summary>
    public static bool Dominates(double[] a, double[] b)
    {
        var better = false;
        for (var k = 0; k < a.Length; k++)
        {
            if (a[k] < b[k])
                return false;
            better |= a[k] > b[k];
        }

        return better;
    }

    /// <summary>The fronts: each holds the indices of what only points of earlier ones dominate.</summary>
    public static List<List<int>> Fronts(IReadOnlyList<double[]> scores)
    {
        // In the order of falling scores nobody is dominated by a later one; the first front without a dominating point is found by halving
        // (Zhang, Tian, Cheng and Jin, An Efficient Approach to Nondominated Sorting, 2015).
        var fronts = new List<List<int>>();
        foreach (var i in Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i], Lexicographic))
        {
            var (low, high) = (0, fronts.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = fronts[middle].Any(j => Dominates(scores[j], scores[i])) ? (middle + 1, high) : (low, middle);
            }

            if (low == fronts.Count)
                fronts.Add([]);
            fronts[low].Add(i);
        }

        return fronts;
    }

    /// <summary>How lonely each point is among the others: the sum over the objectives of the distance between its neighbours, relative to the range; ∞ at
    /// both ends. Shape [n].</summary>
    public static double[] Crowding(IReadOnlyList<double[]> scores)
    {
        var distances = new double[scores.Count];
        for (var k = 0; k < (scores.Count == 0 ? 0 : scores[0].Length); k++)
        {
            var order = Enumerable.Range(0, scores.Count).OrderBy(i => scores[i][k]).ToArray();
            var range = scores[order[^1]][k] - scores[order[0]][k];
            if (range == 0)
                continue;
            (distances[order[0]], distances[order[^1]]) = (double.PositiveInfinity, double.PositiveInfinity);
            for (var i = 1; i < order.Length - 1; i++)
                distances[order[i]] += double.IsFinite(range) ? (scores[order[i + 1]][k] - scores[order[i - 1]][k]) / range : 0;
        }

        return distances;
    }

    /// <summary>All indices from the best to the worst: by front, then the lonelier first, then in their order.</summary>
    public static List<int> Order(IReadOnlyList<double[]> scores)
    {
        if (scores.Count > 0 && scores[0].Length == 1)
            return [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i][0])];
        var order = new List<int>(scores.Count);
        foreach (var front in Fronts(scores))
        {
            front.Sort();
            var crowding = Crowding([.. front.Select(i => scores[i])]);
            order.AddRange(Enumerable.Range(0, front.Count).OrderByDescending(i => crowding[i]).Select(i => front[i]));
        }

        return order;
    }

    private static readonly Comparer<double[]> Lexicographic = Comparer<double[]>.Create((a, b) =>
    {
        for (var k = 0; k < a.Length; k++)
            if (a[k].CompareTo(b[k]) is var order and not 0)
                return order;
        return 0;
    });
}
