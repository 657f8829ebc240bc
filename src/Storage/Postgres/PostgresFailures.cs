using Npgsql;

namespace HpoService.Storage.Postgres;

/// <summary>What PostgreSQL's failures mean.</summary>
internal static class PostgresFailures
{
    /// <inheritdoc cref="Database.Translate"/>
    public static Exception? Translate(NpgsqlException e) => e.SqlState switch
    {
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure =>
            new BusyException(e),
        PostgresErrorCodes.CharacterNotInRepertoire => new UnstorableTextException(),
        PostgresErrorCodes.DiskFull => new UnwritableException("a full disk", e),
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege => new UnwritableException("one that is read-only", e),
        PostgresErrorCodes.TooManyConnections => new UnwritableException("a server with too many connections", e),
        PostgresErrorCodes.CannotConnectNow => new UnwritableException("a server that is starting or stopping", e),
        "25P03" => new UnwritableException("a server that waited too long for the rest of a transaction", e),
        { } state when state.StartsWith("53", StringComparison.Ordinal) => new UnwritableException("a server without memory or disk", e),
        { } state when state.StartsWith("58", StringComparison.Ordinal) || state.StartsWith("XX00", StringComparison.Ordinal) => new UnwritableException("an error of its disk", e),
        { } state when state.StartsWith("28", StringComparison.Ordinal) || state.StartsWith("3D", StringComparison.Ordinal) => new UnwritableException("a server that refuses the connection", e),
        _ => IsGone(e) ? new UnwritableException("a server that cannot be reached", e) : null,
    };

    /// <summary>Whether a failure spoiled the transaction: PostgreSQL does nothing more in it before it has gone back to a savepoint.</summary>
    public static bool EndsTransaction(NpgsqlException e, bool hasSavepoint) => !hasSavepoint || Translate(e) is not (null or UnstorableTextException);

    /// <summary>Whether the connection is lost: nobody knows then whether a commit under way was done.</summary>
    public static bool IsGone(NpgsqlException e) => e is not PostgresException refused || refused.InvariantSeverity is "FATAL" or "PANIC";
}
