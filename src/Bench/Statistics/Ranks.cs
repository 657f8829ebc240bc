namespace HpoService.Bench.Statistics;

/// <summary>Ranks from 1, the smallest first.</summary>
internal static class Ranks
{
    /// <summary>The rank of each value, shape [n]: equal values share the mean of their ranks; NaN ranks last, all NaN equal.</summary>
    public static double[] Of(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => double.IsNaN(values[i])).ThenBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (var (start, end) = (0, 0); start < order.Length; start = end)
        {
            while (end < order.Length && values[order[end]].Equals(values[order[start]]))
                end++;
            foreach (var i in order[start..end])
                ranks[i] = (start + 1 + end) / 2.0;
        }

        return ranks;
    }
}
