namespace HpoService.Storage.Insight;

/// <summary>Chooses a bounded number of trials that show what all of them would.</summary>
internal static class Thinning
{
    /// <summary>The lowest, the highest and the middle one of each of so many stretches that at most <paramref name="points"/> remain, in their order.</summary>
    public static int[] Envelope(int[] numbers, double[] values, int points)
    {
        if (numbers.Length <= points)
            return numbers;
        var chosen = new List<int>(points);
        var stretches = points / 3;
        for (var s = 0; s < stretches; s++)
        {
            var stretch = numbers.AsSpan((int)((long)s * numbers.Length / stretches)..(int)((long)(s + 1) * numbers.Length / stretches));
            var (low, high) = (stretch[0], stretch[0]);
            foreach (var number in stretch)
                (low, high) = (values[number] < values[low] ? number : low, values[number] > values[high] ? number : high);
            chosen.AddRange(new[] { low, stretch[stretch.Length / 2], high }.Distinct().Order()); // the middle one is as good as drawn at random
        }

        return [.. chosen];
    }

    /// <summary>A quarter of <paramref name="points"/> are the best, the others are spread evenly over the ranks behind them; by number.</summary>
    public static int[] ByRank(int[] ranked, int points)
    {
        var best = Math.Min(points / 4, ranked.Length);
        return [.. ranked.Take(best).Concat(Evenly(ranked[best..], points - best)).Order()];
    }

    /// <summary>At most <paramref name="points"/>, evenly spaced, the first and the last among them.</summary>
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> items, int points) => items.Count <= points
        ? items
        : [.. Enumerable.Range(0, points).Select(i => items[(int)((long)i * (items.Count - 1) / (points - 1))])];
}
