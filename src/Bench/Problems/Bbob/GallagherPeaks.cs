using static HpoService.Bench.Problems.Bbob.BbobTransforms;

namespace HpoService.Bench.Problems.Bbob;

/// <summary>Functions 21 and 22: the best of many Gaussian peaks at random places, of random condition, in rotated coordinates.</summary>
internal static class GallagherPeaks
{
    private const double Highest = 10;
    private const double Condition = 1000;
    private const long SeedsAPeak = 1000;

    // So that the best peak is further from the border than others can be.
    private const double Inward = 0.8;

    /// <summary>The function less its smallest value.</summary>
    /// <param name="count">How many peaks.</param>
    /// <param name="ofBest">The condition of the best peak.</param>
    /// <param name="width">The other peaks are within ± half of it.</param>
    /// <param name="rotation">Shape [d, d].</param>
    /// <param name="seed">Of places and shapes.</param>
    public static Func<double[], double> Function(int count, double ofBest, double width, double[,] rotation, long seed)
    {
        var d = rotation.GetLength(0);
        var places = BbobRandom.Uniform(d * count, seed);
        var order = Order(BbobRandom.Uniform(count - 1, seed));
        var peaks = Enumerable.Range(0, count).Select(i =>
        {
            var place = Rotate(rotation, [.. places.AsSpan(i * d, d).ToArray().Select(u => (i == 0 ? Inward : 1) * width * (u - 0.5))]);
            var condition = i == 0 ? ofBest : Math.Pow(Condition, order[i - 1] / (count - 2.0));
            double[] scales = [.. Order(BbobRandom.Uniform(d, seed + SeedsAPeak * i)).Select(rank => Math.Pow(condition, Part(rank, d) - 0.5))];
            return (Place: place, Scales: scales, Height: i == 0 ? Highest : 1.1 + 8 * (i - 1) / (count - 2.0));
        }).ToArray();
        return x =>
        {
            var z = Rotate(rotation, x);
            var best = peaks.Max(peak => peak.Height * Math.Exp(-0.5 / d * Sum(z, (v, i) => peak.Scales[i] * Square(v - peak.Place[i]))));
            return Square(Oscillate(Highest - best));
        };
    }

    /// <summary>The indices of the values, the smallest value's first.</summary>
    private static int[] Order(double[] values) => [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
}
