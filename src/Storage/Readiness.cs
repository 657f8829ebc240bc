using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Whether the database takes writes: what a service without which is good for nothing must know of itself.</summary>
public sealed class Readiness(Database database, TimeProvider time)
{
    private const string Row = "ready";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Freshness = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _checking = new(1, 1);
    private (long At, string? Failure)? _last;
    private bool _isMigrated;

    /// <summary>Why it does not; null when it does. A real write, at most one a second.</summary>
    public async Task<string?> FailureAsync(CancellationToken cancellationToken)
    {
        await _checking.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < Freshness)
                return last.Failure;
            var failure = await CheckAsync(cancellationToken);
            _last = (time.GetTimestamp(), failure);
            return failure;
        }
        finally
        {
            _checking.Release();
        }
    }

    private async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using (var db = database.Open())
                _isMigrated = _isMigrated || !(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any();
            if (!_isMigrated)
                return "the database's schema must be this version's, but got an older one.";
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            // A write that waits in SQLite's busy handler hears of no cancellation: it is left to end by itself.
            await database.WriteAsync(async db =>
            {
                var row = await db.Probes.FindAsync([Row], CancellationToken.None);
                if (row is null)
                    db.Probes.Add(row = new ProbeRow { Name = Row });
                row.At = now;
                return row;
            }, CancellationToken.None).WaitAsync(Patience, time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            return $"the database must take a write within {Patience.TotalSeconds} s, but got no turn.";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return "the database must take a write, but got an error.";
        }
    }
}
