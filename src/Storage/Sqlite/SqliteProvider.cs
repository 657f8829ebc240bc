using System.Data.Common;
using HpoService.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HpoService.Storage.Sqlite;

/// <summary>A file in WAL mode.</summary>
internal sealed class SqliteProvider : IProvider
{
    // The systems' numbers of failures: EWOULDBLOCK, or Windows' sharing violation; EROFS.
    private const int ReadOnly = 30;
    private static readonly int WouldBlock = OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsMacOS() ? 35 : 11;

    // Held until the process ends, however it ends: the lock is the kernel's.
    private static readonly List<FileStream> Claims = [];

    private readonly string _path;
    private readonly SqlitePragmas _pragmas;
    private readonly DbContextOptions<HpoDbContext> _options;

    public SqliteProvider(string path, int patience)
    {
        _path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = _path, DefaultTimeout = patience, ForeignKeys = true }.ToString();
        _pragmas = new SqlitePragmas(patience);
        _options = new DbContextOptionsBuilder<HpoDbContext>().UseSqlite(ConnectionString).AddInterceptors(_pragmas).Options;
    }

    public string ConnectionString { get; }

    private string Unpooled => new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString();

    public HpoDbContext Open() => new(_options);

    public WriteConnection OpenWriter(string? more)
    {
        // Not from the pool: it would come back with a transaction that nobody ended, if one failed to end.
        var connection = new SqliteConnection(Unpooled);
        connection.Open();
        _pragmas.Set(connection, more);
        var context = new HpoDbContext(new DbContextOptionsBuilder<HpoDbContext>().UseSqlite(connection).Options);
        return new SqliteWriteConnection(connection, context);
    }

    public VersionProbe OpenProbe() => new(new SqliteConnection(Unpooled), "PRAGMA data_version");

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

    public Task<bool> TryClaimAsync(string worker, Action lost, CancellationToken cancellationToken)
    {
        try
        {
            Claims.Add(new FileStream(Path.Combine(Path.GetDirectoryName(_path)!, $"worker-{worker}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            return Task.FromResult(true);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return Task.FromResult(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <inheritdoc cref="Database.Translate"/>
    public static Exception? Translate(SqliteException e) => e.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => new BusyException(e),
        SQLitePCL.raw.SQLITE_FULL => new UnwritableException("a full disk", e),
        SQLitePCL.raw.SQLITE_READONLY => new UnwritableException("one that is read-only", e),
        SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB =>
            new UnwritableException("an error of its disk", e),
        _ => null,
    };

    /// <summary>Whether a failure may have ended the transaction: all but broken constraints.</summary>
    public static bool EndsTransaction(SqliteException e) => e.SqliteErrorCode != SQLitePCL.raw.SQLITE_CONSTRAINT;

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult == WouldBlock)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken); // another process migrates
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(e);
            }
        }
    }

    private static UnwritableException Unwritable(Exception e) =>
        new(e is UnauthorizedAccessException || e.HResult == ReadOnly ? "one that is read-only" : "an error of its disk", e);

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
}
