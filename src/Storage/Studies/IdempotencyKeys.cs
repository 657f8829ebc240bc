using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search;
using HpoService.Storage.Rows;
using HpoService.Storage.Writing;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Remembers, in the transaction of the effect, what a keyed request did: for <see cref="KeyExpiry.Kept"/>, and no longer than the study that it was
/// about, unless it created that.</summary>
internal static class IdempotencyKeys
{
    public const string Suggest = "suggest", Enqueue = "enqueue", Import = "import";
    private static readonly string[] OfStudies = [Suggest, Enqueue, Import];

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

    /// <summary>The scope of a call about one study.</summary>
    public static string Scope(string call, long studyId) => $"{call}/{studyId}";

    /// <summary>Forgets all keys of a study.</summary>
    public static Task<int> ForgetAsync(this HpoDbContext db, long studyId, CancellationToken cancellationToken)
    {
        var scopes = Array.ConvertAll(OfStudies, call => Scope(call, studyId));
        return db.IdempotencyKeys.Where(k => scopes.Contains(k.Scope)).ExecuteDeleteAsync(cancellationToken);
    }

    private static T? Result<T>(Idempotency idempotency, IdempotencyRow? row) where T : class =>
        row is null ? null
        : row.RequestHash == idempotency.RequestHash ? JsonSerializer.Deserialize<T>(row.ResultJson, Json)
        : throw new IdempotencyConflictException(idempotency.Key);
}
