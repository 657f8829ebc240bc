// Notation: n points f, shape [k], smaller is better; r, shape [k] = the reference point.
namespace HpoService.Bench.Statistics;

/// <summary>How much of a box points dominate.</summary>
internal static class Hypervolume
{
    /// <summary>Of the box from 0 to r, the share that is no better than some point, which lies at 0 or above.</summary>
    public static double Share(IReadOnlyList<double[]> points, double[] reference) =>
        Volume([.. points.Where(p => p.Zip(reference).All(pair => pair.First < pair.Second))], reference, reference.Length) / reference.Aggregate(1.0, (a, b) => a * b);

    // In slices along the last of the first k coordinates: between two neighbours, those before dominate a volume of one coordinate less.
    private static double Volume(double[][] points, double[] reference, int k)
    {
        if (points.Length == 0)
            return 0;
        if (k == 1)
            return reference[0] - points.Min(p => p[0]);
        double[][] ordered = [.. points.OrderBy(p => p[k - 1])];
        var sum = 0.0;
        for (var i = 0; i < ordered.Length; i++)
        {
            var height = (i + 1 < ordered.Length ? ordered[i + 1][k - 1] : reference[k - 1]) - ordered[i][k - 1];
            if (height > 0)
                sum += height * Volume(ordered[..(i + 1)], reference, k - 1);
        }

        return sum;
    }
}
