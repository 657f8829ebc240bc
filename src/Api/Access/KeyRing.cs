using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using HpoService.Storage;

namespace HpoService.Api.Access;

/// <summary>Which keys were found good, so that a request does not pay for hashing each time, and which of them are so still.</summary>
internal sealed class KeyRing(ApiKeyStore store, TimeProvider time)
{
    private const int MaxKnown = 10_000;

    // What another process adds or revokes is known here so much later, at most.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    // By the hash of the whole key: looking one up tells nothing about the others, and no key lies in memory.
    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Snapshot? _snapshot;

    /// <summary>Whether there is any key, or ever was: revoking the last one must not open the service.</summary>
    public async ValueTask<bool> HasKeysAsync(CancellationToken cancellationToken) => (await SnapshotAsync(cancellationToken)).HasKeys;

    /// <summary>A key that was found good before and is so still.</summary>
    public async ValueTask<ApiKeyView?> KnownAsync(string key, CancellationToken cancellationToken) =>
        _known.TryGetValue(Digest(key), out var id) && (await SnapshotAsync(cancellationToken)).Keys.GetValueOrDefault(id) is { RevokedAt: null } found ? found : null;

    /// <summary>Whether a caller who was let in under this name would be so still; the name of nobody is <see cref="Access.Anonymous"/>. While the database is away, nothing has changed.</summary>
    public async ValueTask<bool> IsWelcomeAsync(string? name, CancellationToken cancellationToken)
    {
        try
        {
            var now = await SnapshotAsync(cancellationToken);
            return name == Access.Anonymous ? !now.HasKeys : now.Keys.Values.Any(key => key.Name == name && key.RevokedAt is null);
        }
        catch (Exception e) when (Database.Translate(e) is UnwritableException or BusyException)
        {
            // Hundreds of streams ask, one after another: one of them has waited for the database, the others need not.
            _snapshot = _snapshot is { } last ? last with { ReadAt = time.GetTimestamp() } : null;
            return true;
        }
    }

    /// <summary>Checks a key that is not known.</summary>
    public async Task<ApiKeyView?> CheckAsync(string key, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(key, cancellationToken) is not { RevokedAt: null } found)
            return null;
        if (_known.Count >= MaxKnown)
            _known.Clear();
        _known[Digest(key)] = found.Id;
        if (!(await SnapshotAsync(cancellationToken)).Keys.ContainsKey(found.Id))
            _snapshot = null;
        return found;
    }

    private ValueTask<Snapshot> SnapshotAsync(CancellationToken cancellationToken) =>
        _snapshot is { } now && time.GetElapsedTime(now.ReadAt) < Freshness ? ValueTask.FromResult(now) : new(ReadAsync(cancellationToken));

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_snapshot is { } now && time.GetElapsedTime(now.ReadAt) < Freshness)
                return now;
            var keys = await store.ListAsync(cancellationToken);
            return _snapshot = new Snapshot(time.GetTimestamp(), keys.Count > 0, keys.ToDictionary(k => k.Id, StringComparer.Ordinal));
        }
        finally
        {
            _reading.Release();
        }
    }

    private static string Digest(string key) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private sealed record Snapshot(long ReadAt, bool HasKeys, IReadOnlyDictionary<string, ApiKeyView> Keys);
}
