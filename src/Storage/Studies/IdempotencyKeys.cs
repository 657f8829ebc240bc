using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Remembers, in the transaction of the effect, what a keyed request did.</summary>
internal static class IdempotencyKeys
{
    // A nullable field is not written, and an answer may have been remembered by an older version with fewer fields.
    private static readonly JsonSerializerOptions Json = new(HpoJson.Options)
    {
        RespectRequiredConstructorParameters = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>The remembered result of an equal request, or null when the key is new.</summary>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public static async Task<T?> RecallAsync<T>(this HpoDbContext db, string scope, Idempotency? idempotency, CancellationToken cancellationToken)
        where T : class
    {
        if (idempotency is null)
            return null;
        var row = await db.IdempotencyKeys.AsNoTracking()
            .FirstOrDefaultAsync(k => k.Scope == scope && k.Key == idempotency.Key, cancellationToken);
        if (row is null)
            return null;
        return row.RequestHash == idempotency.RequestHash
            ? JsonSerializer.Deserialize<T>(row.ResultJson, Json)
            : throw new IdempotencyConflictException(idempotency.Key);
    }

    public static void Remember<T>(this HpoDbContext db, string scope, Idempotency? idempotency, T result, long now)
    {
        if (idempotency is null)
            return;
        db.IdempotencyKeys.Add(new IdempotencyRow
        {
            Scope = scope, Key = idempotency.Key, RequestHash = idempotency.RequestHash, ResultJson = JsonSerializer.Serialize(result, Json), CreatedAt = now,
        });
    }
}
