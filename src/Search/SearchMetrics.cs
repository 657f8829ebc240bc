using System.Diagnostics.Metrics;

namespace HpoService.Search;

/// <summary>What the search tells whoever listens to the meter <see cref="Name"/>; free while nobody does.</summary>
public static class SearchMetrics
{
    /// <summary>The meter of the whole service.</summary>
    public const string Name = "HpoService";

    private static readonly Meter Meter = new(Name);

    internal static Histogram<double> GpFit { get; } = Meter.CreateHistogram<double>("hpo.gp.fit.duration", "s", "Fits of Gaussian processes to a study's trials.");
}
