using System.Data.Common;
using HpoService.Storage.Writing;
using Npgsql;

namespace HpoService.Storage.Postgres;

/// <summary>One transaction of all processes at a time, by an advisory lock that ends with the transaction. PostgreSQL gives it to those who wait in their order.</summary>
/// <remarks>Each transaction that writes takes the next turn: one more than the largest in the table of writers. So another process's writing is
/// noticed, and a process whose commit was not answered can look whether it was done.</remarks>
internal sealed class PostgresWriteConnection : WriteConnection
{
    // 'hpo' and a number: PostgreSQL knows advisory locks by numbers only.
    private const long WriteLock = 0x68706f_0001;
    private readonly string _writer;
    private readonly DbBatch _begin, _commit;
    private readonly DbParameter _mark = new NpgsqlParameter<long>();
    private long _turn = -1;
    private long? _unanswered;

    /// <param name="connection">Open.</param>
    /// <param name="context">On the same connection.</param>
    /// <param name="writer">The process, by a name that no other one has.</param>
    public PostgresWriteConnection(NpgsqlConnection connection, HpoDbContext context, string writer) : base(connection, context)
    {
        (_writer, Outbox) = (writer, new Outbox(connection));
        _begin = Batch("BEGIN ISOLATION LEVEL READ COMMITTED", $"SELECT pg_advisory_xact_lock({WriteLock})", """SELECT COALESCE(MAX("Turn"), 0) FROM writers""");
        _commit = Batch("""
            INSERT INTO writers ("Id", "Turn", "At") VALUES ($1, $2, EXTRACT(EPOCH FROM now()) * 1000)
            ON CONFLICT ("Id") DO UPDATE SET "Turn" = excluded."Turn", "At" = excluded."At"
            """, "COMMIT");
        _commit.BatchCommands[0].Parameters.Add(new NpgsqlParameter<string> { TypedValue = writer });
        _commit.BatchCommands[0].Parameters.Add(_mark);
    }

    public override bool WaitersLookAgain => false;

    public override Outbox Outbox { get; }

    public override long? Unanswered => _unanswered;

    // Those without a name are sent as they are; Npgsql would have to look for names in the statement.
    public override string NameOf(int position) => "";

    public override bool Begin()
    {
        var before = _turn;
        using var reader = _begin.ExecuteReader();
        reader.NextResult(); // the lock's, empty
        reader.Read();
        _turn = reader.GetInt64(0);
        return _turn != before;
    }

    public override void Commit(bool hasWritten)
    {
        if (!hasWritten)
        {
            Execute("COMMIT");
            return;
        }

        _mark.Value = _unanswered = _turn + 1;
        try
        {
            _commit.ExecuteNonQuery();
        }
        catch (NpgsqlException e) when (!PostgresFailures.IsGone(e))
        {
            _unanswered = null; // refused
            throw;
        }

        (_turn, _unanswered) = (_turn + 1, null);
    }

    public override bool HasCommitted(long unanswered)
    {
        Begin(); // after the lost connection's transaction, which holds the lock for as long as it lasts
        using var command = Connection.CreateCommand();
        command.CommandText = """SELECT "Turn" FROM writers WHERE "Id" = $1""";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _writer });
        var last = command.ExecuteScalar() as long?;
        Execute("COMMIT");
        return last == unanswered;
    }

    public override void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        base.Dispose();
    }

    private DbBatch Batch(params string[] statements)
    {
        var batch = Connection.CreateBatch();
        foreach (var statement in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = statement;
            batch.BatchCommands.Add(command);
        }

        return batch;
    }
}
