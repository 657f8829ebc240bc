namespace HpoService.Bench.Statistics;

/// <summary>Quantiles of small samples.</summary>
internal static class Quantiles
{
    /// <summary>The quantile by linear interpolation (Hyndman and Fan 1996, type 7: numpy's default); NaN of nothing, and NaN counts as the largest.</summary>
    /// <param name="values">Any order.</param>
    /// <param name="p">0 to 1.</param>
    public static double Of(IReadOnlyCollection<double> values, double p)
    {
        if (values.Count == 0)
            return double.NaN;
        // .NET sorts NaN first.
        var sorted = values.OrderBy(double.IsNaN).ThenBy(value => value).ToArray();
        var position = p * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(position)], sorted[(int)Math.Ceiling(position)]);
        // Not below + 0·(above − below): infinite or missing neighbours must not spoil an exact hit.
        return position == Math.Floor(position) ? below : below + (position - Math.Floor(position)) * (above - below);
    }

    public static double Median(IReadOnlyCollection<double> values) => Of(values, 0.5);
}
