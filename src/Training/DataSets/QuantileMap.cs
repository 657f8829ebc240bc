using HpoService.Search.Numerics;

namespace HpoService.Training.DataSets;

/// <summary>Brings numbers of any distribution to a normal one by their rank among those of the training part: straight lines between knots, level outside of them.</summary>
/// <param name="At">Knots, ascending; none = leaves numbers as they are.</param>
/// <param name="Scores">The normal score of each.</param>
public sealed record QuantileMap(IReadOnlyList<float> At, IReadOnlyList<float> Scores)
{
    private const int Finest = 1000;

    /// <summary>Of numbers, which it sorts.</summary>
    /// <param name="values">Without NaN.</param>
    /// <param name="most">So many knots at most, two or more.</param>
    /// <remarks>The score of a knot is the normal quantile of the middle rank of its number, (first + last + 1)/(2n), no nearer to the ends than 1/2000: equal numbers, such as the zeros of
    /// a sparse column, have one score, and an outlier none beyond ±3.3.</remarks>
    internal static QuantileMap Fit(float[] values, int most)
    {
        Array.Sort(values);
        var (at, scores) = (new List<float>(), new List<float>());
        var count = Math.Min(most, values.Length);
        for (var k = 0; k < count; k++)
        {
            var value = values[count == 1 ? 0 : (int)((long)k * (values.Length - 1) / (count - 1))];
            if (at.Count > 0 && value == at[^1])
                continue;
            var rank = (First(values, value, orAbove: false) + First(values, value, orAbove: true)) / (2.0 * values.Length);
            at.Add(value);
            scores.Add((float)NormalScores.At(Math.Clamp(rank, 0.5 / Finest, 1 - 0.5 / Finest)));
        }

        return new QuantileMap(at, scores);
    }

    /// <summary>The score of a number.</summary>
    public double Apply(double value)
    {
        if (At.Count == 0)
            return value;
        var (low, high) = (0, At.Count); // the first knot above
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = At[middle] > value ? (low, middle) : (middle + 1, high);
        }

        if (low == 0 || low == At.Count)
            return low == 0 ? Scores[0] : Scores[^1];
        var part = (value - At[low - 1]) / (At[low] - At[low - 1]);
        return Scores[low - 1] + part * (Scores[low] - Scores[low - 1]);
    }

    // The position of the first number that is not below the value, or that is above it.
    private static int First(float[] sorted, float value, bool orAbove)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value || (orAbove && sorted[middle] == value) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
