namespace HpoService.Training.DataSets;

/// <summary>Data sets by name: those that ship and those of a data folder; the last ones prepared are kept, as a process trains many trials on one.</summary>
internal static class DataSetCatalog
{
    private const int Kept = 3;
    private static readonly Lock Lock = new();
    private static readonly List<((string? Folder, string Name, DateTime Written, long MostBytes) Key, RawData Data)> Raw = [];
    private static readonly List<((RawData Data, DataOptions Options) Key, DataSet Data)> Prepared = [];

    /// <summary>The data set of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="mostBytes">What its numbers may take of memory.</param>
    /// <exception cref="InvalidSettingsException">There is none.</exception>
    public static RawData Get(string name, string? folder, long mostBytes = long.MaxValue)
    {
        if (DataSetRegistry.Names.Contains(name) || folder is null)
            return DataSetRegistry.Get(name);
        var written = File.GetLastWriteTimeUtc(Path.Combine(folder, "datasets", name, "card.json"));
        return Once(Raw, (folder, name, written, mostBytes), () => new DataSetFolder(folder).Read(name, mostBytes) ?? throw new InvalidSettingsException(
            "/dataset", $"dataset must be one of {string.Join(", ", DataSetRegistry.Names.Concat(new DataSetFolder(folder).List().Select(c => c.Name)))}, but got '{name}'."));
    }

    /// <summary>Split and normalised.</summary>
    public static DataSet Prepare(RawData data, DataOptions options) => Once(Prepared, (data, options), () => data.Prepare(options), (a, b) => ReferenceEquals(a.Item1, b.Item1) && a.Item2 == b.Item2);

    private static TValue Once<TKey, TValue>(List<(TKey Key, TValue Value)> kept, TKey key, Func<TValue> make, Func<TKey, TKey, bool>? equal = null)
    {
        equal ??= EqualityComparer<TKey>.Default.Equals;
        lock (Lock)
        {
            var at = kept.FindIndex(entry => equal(entry.Key, key));
            var entry = at < 0 ? (key, make()) : kept[at];
            if (at >= 0)
                kept.RemoveAt(at);
            kept.Add(entry);
            if (kept.Count > Kept)
                kept.RemoveAt(0);
            return entry.Item2;
        }
    }
}
