using System.Diagnostics.Metrics;
using HpoService.Search;

namespace HpoService.Storage;

/// <summary>What the stores tell whoever listens to the meter <see cref="SearchMetrics.Name"/>.</summary>
public static class StorageMetrics
{
    private static readonly Meter Meter = new(SearchMetrics.Name);

    private static readonly Histogram<double> Suggest =
        Meter.CreateHistogram<double>("hpo.suggest.duration", "s", "Proposals of samplers, by kind and by the number of trials that they know.");

    internal static Counter<long> LeaseLosses { get; } = Meter.CreateCounter<long>("hpo.lease.losses", null, "Leases that ran out or whose holder died.");

    internal static Histogram<long> CommitSize { get; } = Meter.CreateHistogram<long>("hpo.commit.size", "requests", "Requests that shared one transaction.");

    internal static Histogram<double> CommitDuration { get; } = Meter.CreateHistogram<double>("hpo.commit.duration", "s", "Write transactions, from begin to the end of the commit.");

    internal static void Suggested(string sampler, int trials, TimeSpan took) => Suggest.Record(
        took.TotalSeconds, new KeyValuePair<string, object?>("sampler", sampler), new KeyValuePair<string, object?>("trials", Decade(trials)));

    private static string Decade(int trials) => trials switch { < 10 => "0-9", < 100 => "10-99", < 1000 => "100-999", < 10_000 => "1000-9999", _ => "10000-" };
}
