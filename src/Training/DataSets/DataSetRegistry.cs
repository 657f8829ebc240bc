using System.Globalization;
using System.IO.Compression;

namespace HpoService.Training.DataSets;

/// <summary>Every data set that ships, one line each; the data folder holds the others.</summary>
public static class DataSetRegistry
{
    private static readonly Dictionary<string, Lazy<RawData>> Sets = new(StringComparer.Ordinal)
    {
        ["digits"] = new(() => new RawSamples(SampleKind.Image) { Sizes = [1, 8, 8], Values = Rows("digits.csv.gz", out var labels), Labels = labels }),
    };

    /// <summary>The names that <c>runner.dataset</c> may always take.</summary>
    public static IReadOnlyCollection<string> Names => Sets.Keys;

    private static readonly Lazy<DataCard[]> All = new(() => [.. Sets.Select(s => DataSetFolder.CardOf(s.Key, "csv", s.Value.Value, 0, null, null))]);

    /// <summary>What is known of them.</summary>
    public static IReadOnlyList<DataCard> Cards() => All.Value;

    /// <summary>The data set of a name, read once.</summary>
    /// <exception cref="InvalidSettingsException">There is none.</exception>
    public static RawData Get(string name) => Sets.TryGetValue(name, out var set)
        ? set.Value
        : throw new InvalidSettingsException("/dataset", $"dataset must be one of {string.Join(", ", Names)}, but got '{name}'.");

    private static float[] Rows(string resource, out long[] labels)
    {
        using var stream = typeof(DataSetRegistry).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        var rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToArray();
        labels = [.. rows.Select(row => long.Parse(row[^1], CultureInfo.InvariantCulture))];
        return [.. rows.SelectMany(row => row[..^1].Select(v => float.Parse(v, CultureInfo.InvariantCulture)))];
    }
}
