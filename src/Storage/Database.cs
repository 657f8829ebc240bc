using System.Data.Common;
using HpoService.Storage.Sqlite;
using HpoService.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HpoService.Storage;

/// <summary>The database behind the stores, and the only file that knows which provider it is.</summary>
public sealed class Database
{
    private readonly DbContextOptions<HpoDbContext> _options;

    private readonly string _path;

    private readonly SqlitePragmas _pragmas;
    private readonly Writer _writer;

    private Database(string path, string connectionString, int patience)
    {
        (_path, ConnectionString, Patience, _pragmas, _writer) = (path, connectionString, TimeSpan.FromSeconds(patience), new SqlitePragmas(patience), new Writer(this));
        _options = new DbContextOptionsBuilder<HpoDbContext>().UseSqlite(connectionString).AddInterceptors(_pragmas).Options;
    }

    /// <summary>Raised after every commit of this process.</summary>
    public ChangeSignal Signal { get; } = new();

    /// <summary>Raised after every commit of this process, with the ids of the studies that are known to have changed. On the writer's thread: be quick.</summary>
    internal event Action<IReadOnlyCollection<long>>? Committed;

    /// <summary>Raised after a transaction of which nothing was written.</summary>
    internal event Action? Failed;

    /// <summary>How long a write waits for other processes' writes.</summary>
    internal TimeSpan Patience { get; }

    /// <summary>For tests: what else a new connection of the writer is told, such as that its disk is small.</summary>
    internal string? MorePragmas { get; set; }

    /// <summary>ADO.NET connection string, for the job store.</summary>
    public string ConnectionString { get; }

    /// <summary>The data folder: where the file lies.</summary>
    public string Folder => Path.GetDirectoryName(_path)!;

    /// <summary>The version of the SQLite engine in use.</summary>
    public static string Engine => SqliteNative.Engine;

    /// <summary>A SQLite file in WAL mode; created with its folder by <see cref="MigrateAsync"/>.</summary>
    /// <param name="path">The file; its -wal and -shm neighbours belong to it.</param>
    /// <param name="patience">How long a write waits for other processes' writes, in whole seconds; default 30.</param>
    public static Database Sqlite(string path, TimeSpan? patience = null)
    {
        var seconds = (int)(patience ?? TimeSpan.FromSeconds(30)).TotalSeconds;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return new Database(Path.GetFullPath(path), new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path), DefaultTimeout = seconds, ForeignKeys = true }.ToString(), seconds);
    }

    /// <summary>Brings the schema up to date. Safe to call from several processes at once, and after one was killed meanwhile.</summary>
    /// <remarks>EF Core's own lock is a row, which stays for ever when its holder is killed; then every later start would wait for it. A
    /// locked file is free as soon as its holder is dead, so that a row found under it is nobody's.</remarks>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var turn = await LockAsync($"{_path}.migrating", cancellationToken);
        await using var context = Open();
        if (!(await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            return;
        await context.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock";""", cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken); // another process migrates
            }
        }
    }

    /// <summary>Whether the database answers.</summary>
    public async Task<bool> CanConnectAsync(CancellationToken cancellationToken)
    {
        await using var context = Open();
        return await context.Database.CanConnectAsync(cancellationToken);
    }

    internal HpoDbContext Open() => new(_options);

    /// <summary>Does one request's writing, as a whole or not at all, and returns when it is durable. Requests that come at about the same time share a
    /// transaction. What <paramref name="work"/> reads cannot change before the commit; it is done again when that fails.</summary>
    /// <exception cref="BusyException">Another process held the database for over half a minute, or too many writes wait.</exception>
    /// <exception cref="UnwritableException">The disk is full, for instance.</exception>
    internal Task<T> TurnAsync<T>(Func<WriteTurn, Task<T>> work, CancellationToken cancellationToken) => _writer.RunAsync(work, cancellationToken);

    /// <summary>As <see cref="TurnAsync"/>, with EF Core.</summary>
    internal Task<T> WriteAsync<T>(Func<HpoDbContext, Task<T>> work, CancellationToken cancellationToken) => _writer.RunAsync(turn => work(turn.Db), cancellationToken);

    /// <summary>Something that says cheaply whether the database has changed.</summary>
    internal VersionProbe OpenVersionProbe() => new(ConnectionString);

    internal void AnnounceFailure() => Failed?.Invoke();

    internal void Announce(IReadOnlyCollection<long> changed)
    {
        Signal.Raise();
        Committed?.Invoke(changed);
    }

    internal WriteSession OpenSession()
    {
        // Not from the pool: it would come back with a transaction that nobody ended, if one failed to end.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        connection.Open();
        _pragmas.Set(connection, MorePragmas);
        var context = new HpoDbContext(new DbContextOptionsBuilder<HpoDbContext>().UseSqlite(connection).Options);
        (context.Database.AutoTransactionBehavior, context.Database.AutoSavepointsEnabled) = (AutoTransactionBehavior.Never, false);
        return new WriteSession(connection, context);
    }

    /// <summary>What a failure of a write means to the caller; the failure itself when it is the caller's own.</summary>
    internal static Exception Translate(Exception e) => (e as SqliteException ?? e.InnerException as SqliteException)?.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new BusyException(e),
        SQLitePCL.raw.SQLITE_FULL => new UnwritableException("a full disk", e),
        SQLitePCL.raw.SQLITE_READONLY => new UnwritableException("one that is read-only", e),
        SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB =>
            new UnwritableException("an error of its disk", e),
        _ => e,
    };

    /// <summary>Whether a failure may have ended the transaction: all but broken constraints.</summary>
    internal static bool EndsTransaction(Exception e) =>
        (e as SqliteException ?? e.InnerException as SqliteException) is { SqliteErrorCode: not SQLitePCL.raw.SQLITE_CONSTRAINT };

    private sealed class SqlitePragmas(int patience) : DbConnectionInterceptor
    {
        // synchronous=FULL: in WAL mode, NORMAL may lose the last commits on power loss; an answered request must survive that.
        private readonly string _pragmas = $"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout={1000 * patience}; PRAGMA foreign_keys=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set(connection);

        public void Set(DbConnection connection, string? more = null)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"{_pragmas} {more}";
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = _pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>A number that differs whenever anybody has committed since it was read last.</summary>
    internal sealed class VersionProbe(string connectionString) : IDisposable
    {
        private readonly SqliteConnection _connection = new(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        private SqliteCommand? _command;

        public long Read()
        {
            if (_command is null)
            {
                _connection.Open();
                _command = _connection.CreateCommand();
                _command.CommandText = "PRAGMA data_version";
            }

            return (long)_command.ExecuteScalar()!;
        }

        public void Dispose()
        {
            _command?.Dispose();
            _connection.Dispose();
        }
    }

    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    private sealed class DesignTimeFactory : IDesignTimeDbContextFactory<HpoDbContext>
    {
        public HpoDbContext CreateDbContext(string[] args) => Sqlite("obj/design.db").Open();
    }
}
