using HpoService.Storage.Writing;
using Microsoft.Data.Sqlite;

namespace HpoService.Storage.Sqlite;

/// <summary>SQLite has one writer anyway: its lock is the transaction's.</summary>
internal sealed class SqliteWriteConnection(SqliteConnection connection, HpoDbContext context) : WriteConnection(connection, context)
{
    private long _dataVersion;

    public override bool WaitersLookAgain => true;

    public override string NameOf(int position) => $"${position}";

    public override bool Begin()
    {
        Command("BEGIN IMMEDIATE").CommandTimeout = 1; // the connection's own patience is in its busy_timeout
        Execute("BEGIN IMMEDIATE");
        var before = _dataVersion;
        _dataVersion = (long)Command("PRAGMA data_version").ExecuteScalar()!;
        return _dataVersion != before;
    }

    public override void Commit(bool hasWritten) => Execute("COMMIT");
}
