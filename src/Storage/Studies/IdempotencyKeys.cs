using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Storage.Rows;
using HpoService.Storage.Writing;
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
        return idempotency is null ? null : Result<T>(idempotency, await db.IdempotencyKeys.AsNoTracking()
            .FirstOrDefaultAsync(k => k.Scope == scope && k.Key == idempotency.Key, cancellationToken));
    }

    /// <inheritdoc cref="RecallAsync"/>
    public static T? Recall<T>(this WriteTurn turn, string scope, Idempotency? idempotency) where T : class =>
        idempotency is null ? null : Result<T>(idempotency, turn.Recall(scope, idempotency.Key));

    public static void Remember<T>(this HpoDbContext db, string scope, Idempotency? idempotency, T result, long now) =>
        db.Turn!.Remember(scope, idempotency, result, now);

    public static void Remember<T>(this WriteTurn turn, string scope, Idempotency? idempotency, T result, long now)
    {
        if (idempotency is null)
            return;
        turn.Remember(new IdempotencyRow
        {
            Scope = scope, Key = idempotency.Key, RequestHash = idempotency.RequestHash, ResultJson = JsonSerializer.Serialize(result, Json), CreatedAt = now,
        });
    }

    private static T? Result<T>(Idempotency idempotency, IdempotencyRow? row) where T : class =>
        row is null ? null
        : row.RequestHash == idempotency.RequestHash ? JsonSerializer.Deserialize<T>(row.ResultJson, Json)
        : throw new IdempotencyConflictException(idempotency.Key);
}
