using System.Collections.Concurrent;
using System.Text.Json;
using HpoService.Search;

namespace HpoService.Training.DataSets;

/// <summary>The cards that were read last: a card is written once, before its folder gets its name, so that one of the same time and length is the same.</summary>
/// <param name="mostBytes">How much of cards' text is kept; what is beyond is read each time.</param>
internal sealed class KeptCards(long mostBytes = 32_000_000)
{
    private readonly ConcurrentDictionary<string, Kept> _cards = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>The card of a file; null when there is none, or none that can be read.</summary>
    public DataCard? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var (written, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (_cards.TryGetValue(path, out var kept))
            {
                if ((kept.Written, kept.Length) == (written, length))
                    return kept.Card;
                Forget(path);
            }

            // What changes while it is read is kept under its time before: the next look finds another time, and reads it again.
            var card = JsonSerializer.Deserialize<DataCard>(File.ReadAllText(path), HpoJson.Options);
            if (card is not null && Interlocked.Add(ref _bytes, length) <= mostBytes && _cards.TryAdd(path, new Kept(written, length, card)))
                return card;
            Interlocked.Add(ref _bytes, -length);
            return card;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Forget(path);
            return null; // perhaps gone since it was listed
        }
    }

    /// <summary>Forgets all but these.</summary>
    public void Retain(IReadOnlyCollection<string> paths)
    {
        if (_cards.Count <= paths.Count)
            return; // those of some that are gone may stay until there are more
        foreach (var gone in _cards.Keys.Except(paths))
            Forget(gone);
    }

    private void Forget(string path)
    {
        if (_cards.TryRemove(path, out var gone))
            Interlocked.Add(ref _bytes, -gone.Length);
    }

    private sealed record Kept(DateTime Written, long Length, DataCard Card);
}
