using System.IO.Compression;

namespace HpoService.Training.DataSets;

/// <summary>Every data set that ships, one line each.</summary>
public static class DataSetRegistry
{
    private static readonly Dictionary<string, Lazy<DataSet>> Sets = new(StringComparer.Ordinal)
    {
        ["digits"] = new(() => ReadCsv("digits.csv.gz")),
    };

    /// <summary>The names that <c>runner.dataset</c> may take.</summary>
    public static IReadOnlyCollection<string> Names => Sets.Keys;

    /// <summary>The data set of a name, read once.</summary>
    /// <exception cref="InvalidSettingsException">There is none.</exception>
    public static DataSet Get(string name) => Sets.TryGetValue(name, out var set)
        ? set.Value
        : throw new InvalidSettingsException("/dataset", $"dataset must be one of {string.Join(", ", Names)}, but got '{name}'.");

    private static DataSet ReadCsv(string resource)
    {
        using var stream = typeof(DataSetRegistry).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(new GZipStream(stream, CompressionMode.Decompress));
        var rows = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToArray();
        return DataSet.Split(
            [.. rows.Select(row => row[..^1].Select(float.Parse).ToArray())], [.. rows.Select(row => int.Parse(row[^1]))], seed: 20261121);
    }
}
