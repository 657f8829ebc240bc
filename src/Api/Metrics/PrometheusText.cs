using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using HpoService.Storage;

namespace HpoService.Api.Metrics;

/// <summary>The text format of Prometheus, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="instruments">What this process measures.</param>
    /// <param name="count">What there is in the database; null where that is said elsewhere.</param>
    public static string Write(IEnumerable<(Instrument Instrument, IEnumerable<Series> Series)> instruments, Count? count)
    {
        var text = new StringBuilder();
        if (count is not null)
            Write(text, count);
        foreach (var (instrument, series) in instruments)
            Write(text, instrument, series);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Count count)
    {
        Gauge(text, "hpo_studies", "Studies by state.", count.Studies.Select(s => ($"state=\"{s.Key.ToString().ToLowerInvariant()}\"", (double)s.Value)));
        Gauge(text, "hpo_trials", "Trials by state, of all studies.", count.Trials.Select(t => ($"state=\"{t.Key.ToString().ToLowerInvariant()}\"", (double)t.Value)));
        Gauge(text, "hpo_queue_depth", "Queued trials of active studies.", [("", count.Waiting)]);
        Gauge(text, "hpo_worker_slots", "Trials that the workers can run at once.", [("", count.Slots)]);
    }

    /// <summary>A name as Prometheus has it.</summary>
    public static string Name(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_'));

    public static string Escape(string value) => value.Replace(@"\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n");

    private static void Write(StringBuilder text, Instrument instrument, IEnumerable<Series> all)
    {
        var isHistogram = instrument is Histogram<double> or Histogram<long> or Histogram<int>;
        var isCounter = instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal) && !instrument.GetType().Name.Contains("UpDown", StringComparison.Ordinal);
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = Name(instrument.Name) + unit + (isCounter ? "_total" : "");
        Head(text, name, instrument.Description ?? instrument.Name, isHistogram ? "histogram" : isCounter ? "counter" : "gauge");
        foreach (var series in all.OrderBy(s => s.Labels, StringComparer.Ordinal))
        {
            var (sum, count, upTo) = series.Read();
            if (!isHistogram)
            {
                Line(text, name, series.Labels, sum);
                continue;
            }

            var comma = series.Labels.Length > 0 ? "," : "";
            for (var i = 0; i < upTo.Length; i++)
                Line(text, $"{name}_bucket", $"{series.Labels}{comma}le=\"{(i < Series.Bounds.Length ? Series.Bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf")}\"", upTo[i]);
            Line(text, $"{name}_sum", series.Labels, sum);
            Line(text, $"{name}_count", series.Labels, count);
        }
    }

    private static void Gauge(StringBuilder text, string name, string help, IEnumerable<(string Labels, double Value)> values)
    {
        Head(text, name, help, "gauge");
        foreach (var (labels, value) in values)
            Line(text, name, labels, value);
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace(@"\", @"\\").Replace("\n", @"\n")).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(name).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
}
