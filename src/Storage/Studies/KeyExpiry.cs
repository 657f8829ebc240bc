using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Forgets what keyed requests did, a day after.</summary>
public sealed class KeyExpiry(Database database, TimeProvider time)
{
    /// <summary>How long an Idempotency-Key is known.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // In a transaction of its own each: others want their turns.
    private const int AtOnce = 2000;

    /// <summary>Forgets every key that is older.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        for (var forgotten = 0; ;)
        {
            if (await LastOfNextAsync(cancellationToken) is not { } last)
                return forgotten;
            forgotten += await database.WriteAsync(db => db.IdempotencyKeys.Where(k => k.CreatedAt <= last).ExecuteDeleteAsync(default), cancellationToken);
        }
    }

    private async Task<long?> LastOfNextAsync(CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() - Kept).ToUnixTimeMilliseconds();
        await using var db = database.Open();
        var next = await db.IdempotencyKeys.Where(k => k.CreatedAt < until).OrderBy(k => k.CreatedAt).Take(AtOnce).Select(k => k.CreatedAt).ToListAsync(cancellationToken);
        return next is [.., var last] ? last : null;
    }
}
