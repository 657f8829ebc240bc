using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using HpoService.Search;

namespace HpoService.Api.Metrics;

/// <summary>Adds up what this process measures, for <c>/metrics</c>. Stands in for the Prometheus exporters, none of which can be restored.</summary>
internal sealed class MetricsCollector : IHostedService, IDisposable
{
    // More would be a mistake in somebody's tags: they are counted together.
    private const int MaxSeries = 1000;
    private static readonly KeyValuePair<string, object?>[] Other = [new("other", "true")];
    private static readonly HashSet<string> Foreign =
    [
        "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections", "kestrel.rejected_connections", "aspnetcore.rate_limiting.requests",
        "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.pause.time", "dotnet.gc.last_collection.memory.committed_size", "dotnet.thread_pool.queue.length", "dotnet.exceptions",
    ];

    private readonly MeterListener _listener = new();

    // By name: two meters may publish the same instrument, as two hosts in one process do, and both count.
    private readonly ConcurrentDictionary<string, (Instrument Instrument, ConcurrentDictionary<KeyValuePair<string, object?>[], Series> Series)> _instruments = new(StringComparer.Ordinal);

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SearchMetrics.Name || Foreign.Contains(instrument.Name))
                listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument.Name, _ => (instrument, new(new TagComparer()))).Series);
        };
        _listener.SetMeasurementEventCallback<double>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (instrument, value, tags, state) => Take(instrument, value, tags, state));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything measured so far, by instrument.</summary>
    public IEnumerable<(Instrument Instrument, IEnumerable<Series> Series)> Collect()
    {
        _listener.RecordObservableInstruments();
        return _instruments.Values.OrderBy(i => i.Instrument.Name, StringComparer.Ordinal).Select(i => (i.Instrument, i.Series.Values.AsEnumerable()));
    }

    private static void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var all = (ConcurrentDictionary<KeyValuePair<string, object?>[], Series>)state!;
        if (!all.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var series))
            series = all.GetOrAdd(all.Count < MaxSeries ? tags.ToArray() : Other, key => new Series(Labels(key)));
        if (instrument is Histogram<double> or Histogram<long> or Histogram<int>)
            series.Record(value);
        else if (instrument.IsObservable)
            series.Set(value);
        else
            series.Add(value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
            text.Append(text.Length == 0 ? "" : ",").Append(PrometheusText.Name(name)).Append("=\"").Append(PrometheusText.Escape($"{value}")).Append('"');
        return text.ToString();
    }
}
