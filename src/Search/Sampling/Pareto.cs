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
    /// <param name="scores">The points'.</param>
    /// <param name="most">How many points are asked for: the fronts after those that hold so many are left out.</param>
    public static List<List<int>> Fronts(IReadOnlyList<double[]> scores, int most = int.MaxValue)
    {
        // In the order of falling scores nobody is dominated by a later one; the first front without a dominating point is found by halving
        // (Zhang, Tian, Cheng and Jin, An Efficient Approach to Nondominated Sorting, 2015). Whatever follows points enough stays so.
        var (fronts, held) = (new List<List<int>>(), 0);
        foreach (var i in Descending(scores))
        {
            var (low, high) = (0, fronts.Count);
            if (held >= most && IsDominated(i, fronts[^1]))
                continue;
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = IsDominated(i, fronts[middle]) ? (middle + 1, high) : (low, middle);
            }

            if (low == fronts.Count)
                fronts.Add([]);
            fronts[low].Add(i);
            held++;
            while (held - fronts[^1].Count >= most)
            {
                held -= fronts[^1].Count;
                fronts.RemoveAt(fronts.Count - 1);
            }
        }

        return fronts;

        // The latest ones are the likeliest to. Of two scores the second one rises along a front: no other can if the latest does not. Nor can any where an equal one is.
        bool IsDominated(int i, List<int> front)
        {
            var score = scores[i];
            for (var j = front.Count - 1; j >= (score.Length == 2 ? front.Count - 1 : 0); j--)
            {
                var other = scores[front[j]];
                if (Dominates(other, score))
                    return true;
                if (other.AsSpan().SequenceEqual(score))
                    return false;
            }

            return false;
        }
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

    /// <summary>Indices from the best to the worst: by front, then the lonelier first, then in their order.</summary>
    /// <param name="scores">The points'.</param>
    /// <param name="most">How many of them.</param>
    public static List<int> Order(IReadOnlyList<double[]> scores, int most = int.MaxValue)
    {
        if (scores.Count > 0 && scores[0].Length == 1)
            return [.. Enumerable.Range(0, scores.Count).OrderByDescending(i => scores[i][0]).Take(most)];
        var order = new List<int>();
        foreach (var front in Fronts(scores, most))
        {
            front.Sort();
            var crowding = Crowding([.. front.Select(i => scores[i])]);
            order.AddRange(Enumerable.Range(0, front.Count).OrderByDescending(i => crowding[i]).Take(most - order.Count).Select(i => front[i]));
        }

        return order;
    }

    // Of equal first scores the one with the larger second, and so on.
    private static int[] Descending(IReadOnlyList<double[]> scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Count)];
        Array.Sort([.. scores.Select(s => -s[0])], order);
        for (var (from, to) = (0, 1); to <= order.Length; to++)
            if (to == order.Length || scores[order[to]][0] != scores[order[from]][0])
            {
                order.AsSpan(from, to - from).Sort(Lexicographic);
                from = to;
            }

        return order;

        int Lexicographic(int a, int b)
        {
            for (var k = 1; k < scores[a].Length; k++)
                if (scores[b][k].CompareTo(scores[a][k]) is var order and not 0)
                    return order;
            return 0;
        }
    }
}
