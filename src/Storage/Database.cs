using System.Data.Common;
using System.Diagnostics;
using HpoService.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HpoService.Storage;

/// <summary>The database behind the stores, and the only file that knows which provider it is.</summary>
public sealed class Database
{
    private readonly DbContextOptions<HpoDbContext> _options;

    // SQLite has one writer at a time. Writers of this process queue here, in order and without polling; other processes wait in
    // SQLite's busy handler.
    private readonly SemaphoreSlim _writer = new(1, 1);

    private readonly string _path;

    private Database(string path, string connectionString, int patience)
    {
        (_path, ConnectionString) = (path, connectionString);
        _options = new DbContextOptionsBuilder<HpoDbContext>()
            .UseSqlite(connectionString)
            .AddInterceptors(new SqlitePragmas(patience))
            .Options;
    }

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

    /// <summary>Runs one write transaction; commits when <paramref name="work"/> returns, rolls back when it throws.</summary>
    /// <remarks>SQLite begins it with BEGIN IMMEDIATE, so that what is read inside cannot change before the commit. A crash before the
    /// commit leaves nothing; after it, everything.</remarks>
    /// <exception cref="BusyException">Another process held the database for over half a minute.</exception>
    internal async Task<T> WriteAsync<T>(Func<HpoDbContext, Task<T>> work, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            var started = Stopwatch.GetTimestamp();
            await using var context = Open();
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var result = await work(context);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            StorageMetrics.CommitSize.Record(1);
            StorageMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            return result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED)
        {
            throw new BusyException(e);
        }
        finally
        {
            _writer.Release();
        }
    }

    private sealed class SqlitePragmas(int patience) : DbConnectionInterceptor
    {
        // synchronous=FULL: in WAL mode, NORMAL may lose the last commits on power loss; an answered request must survive that.
        private readonly string _pragmas = $"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout={1000 * patience}; PRAGMA foreign_keys=ON;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = _pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = _pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>For <c>dotnet ef migrations add</c> only.</summary>
    private sealed class DesignTimeFactory : IDesignTimeDbContextFactory<HpoDbContext>
    {
        public HpoDbContext CreateDbContext(string[] args) => Sqlite("obj/design.db").Open();
    }
}
