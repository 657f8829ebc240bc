using HpoService.Storage.Postgres;
using HpoService.Storage.Sqlite;
using HpoService.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HpoService.Storage;

/// <summary>The database behind the stores: SQLite or PostgreSQL. What differs between them is in the two folders of these names.</summary>
public sealed class Database
{
    /// <summary>The environment's variable with the address, which has a password: there no list of processes shows it.</summary>
    public const string AddressVariable = "HPO_DATABASE";

    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(30);
    /// <summary>See <see cref="RenewableSince"/>.</summary>
    internal const long NotNow = long.MaxValue;

    private readonly IProvider _provider;
    private readonly Writer _writer;
    private long _renewableSince, _sweptAt;

    private Database(IProvider provider, string folder, TimeSpan patience) =>
        (_provider, Folder, Patience, _writer) = (provider, Path.GetFullPath(folder), patience, new Writer(this));

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

    /// <summary>How long the writer keeps its connection and its thread when there is nothing to write.</summary>
    internal TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the writer has a connection and a thread.</summary>
    internal bool HasWriter => _writer.IsRunning;

    /// <summary>ADO.NET connection string, for the job store.</summary>
    public string ConnectionString => _provider.ConnectionString;

    /// <summary>Whether it is a PostgreSQL server, not a SQLite file.</summary>
    public bool IsPostgres => _provider is PostgresProvider;

    /// <summary>The data folder: for the files of trials.</summary>
    public string Folder { get; }

    /// <summary>The version of the SQLite engine in use.</summary>
    public static string Engine => SqliteNative.Engine;

    /// <summary>A SQLite file in WAL mode; created by <see cref="MigrateAsync"/>.</summary>
    /// <param name="path">The file, in the data folder; its -wal and -shm neighbours belong to it.</param>
    /// <param name="patience">How long a write waits for other processes' writes, above 0, rounded up to seconds; default 30.</param>
    public static Database Sqlite(string path, TimeSpan? patience = null)
    {
        var seconds = Seconds(patience);
        return new Database(new SqliteProvider(path, seconds), Path.GetDirectoryName(Path.GetFullPath(path))!, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>A database of a PostgreSQL server.</summary>
    /// <param name="address">A connection string of Npgsql's, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="patience">How long a write waits for other processes' writes, above 0, rounded up to seconds; default 30.</param>
    /// <exception cref="Search.HpoException">The address is neither.</exception>
    public static Database Postgres(string address, string folder, TimeSpan? patience = null)
    {
        var seconds = Seconds(patience);
        return new Database(new PostgresProvider(PostgresAddress.Parse(address), seconds), folder, TimeSpan.FromSeconds(seconds));
    }

    // None would be for ever.
    private static int Seconds(TimeSpan? patience) => (int)Math.Ceiling((patience ?? DefaultPatience).TotalSeconds);

    /// <summary>Brings the schema up to date. Safe to call from several processes at once, and after one was killed meanwhile.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken) => _provider.MigrateAsync(cancellationToken);

    /// <summary>Takes a worker's name, for as long as this process lives.</summary>
    /// <param name="worker">The name.</param>
    /// <param name="lost">Called if another process has got it while the server was away.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether nobody else holds it.</returns>
    public Task<bool> TryClaimAsync(string worker, Action lost, CancellationToken cancellationToken) => _provider.TryClaimAsync(worker, lost, cancellationToken);

    internal HpoDbContext Open() => _provider.Open();

    /// <summary>Does one request's writing, as a whole or not at all, and returns when it is durable. Requests that come at about the same time share a
    /// transaction. What <paramref name="work"/> reads cannot change before the commit; it is done again when that fails.</summary>
    /// <exception cref="BusyException">Another process held the database for over half a minute, or too many writes wait.</exception>
    /// <exception cref="UnwritableException">The disk is full, for instance.</exception>
    internal Task<T> TurnAsync<T>(Func<WriteTurn, Task<T>> work, CancellationToken cancellationToken) => _writer.RunAsync(work, cancellationToken);

    /// <summary>As <see cref="TurnAsync"/>, with EF Core.</summary>
    internal Task<T> WriteAsync<T>(Func<HpoDbContext, Task<T>> work, CancellationToken cancellationToken) => _writer.RunAsync(turn => work(turn.Db), cancellationToken);

    /// <summary>Something that says cheaply whether the database has changed.</summary>
    internal VersionProbe OpenVersionProbe() => _provider.OpenProbe();

    /// <summary>Since when the holders of leases could renew them in this process, in Unix milliseconds; <see cref="NotNow"/> = they cannot now. 0 while nobody looks: as if always.</summary>
    internal long RenewableSince
    {
        get => Volatile.Read(ref _renewableSince);
        set => Volatile.Write(ref _renewableSince, value);
    }

    /// <summary>When this process last looked for lost leases, in Unix milliseconds.</summary>
    internal long SweptAt
    {
        get => Volatile.Read(ref _sweptAt);
        set => Volatile.Write(ref _sweptAt, value);
    }

    /// <summary>For how many milliseconds holders could renew their leases, without a break until now: whoever holds one for longer may just not have come to it. Negative while they cannot,
    /// as when this process was paused and has not looked since; as long as any lease after ten minutes: that is enough for each.</summary>
    internal long RenewableFor(long now)
    {
        const long LongestPause = 5000, Enough = 600_000; // a holder's next sign of life comes later than the one, sooner than the other
        var since = RenewableSince;
        return since > 0 && now - SweptAt > LongestPause ? -1 : now - since is var passed && passed >= Enough ? long.MaxValue : passed;
    }

    /// <summary>Nothing was written, and not because a request was wrong.</summary>
    internal void AnnounceOutage()
    {
        if (RenewableSince > 0)
            RenewableSince = NotNow;
    }

    internal void AnnounceFailure() => Failed?.Invoke();

    internal void Announce(IReadOnlyCollection<long> changed)
    {
        Signal.Raise();
        Committed?.Invoke(changed);
    }

    internal WriteSession OpenSession(StudyMemories memories)
    {
        var connection = _provider.OpenWriter(MorePragmas);
        (connection.Context.Database.AutoTransactionBehavior, connection.Context.Database.AutoSavepointsEnabled) = (AutoTransactionBehavior.Never, false);
        return new WriteSession(connection, memories, this);
    }

    /// <summary>What a failure of the database means to the caller; the failure itself when it is the caller's own, or a bug.</summary>
    public static Exception Translate(Exception e) => Cause(e) switch
    {
        SqliteException sqlite => SqliteProvider.Translate(sqlite),
        NpgsqlException postgres => PostgresFailures.Translate(postgres),
        _ => null,
    } ?? e;

    /// <summary>Whether a failure may have ended the transaction, or spoiled it.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="hasSavepoint">Whether there is one to go back to.</param>
    internal static bool EndsTransaction(Exception e, bool hasSavepoint) => Cause(e) switch
    {
        SqliteException sqlite => SqliteProvider.EndsTransaction(sqlite),
        NpgsqlException postgres => PostgresFailures.EndsTransaction(postgres, hasSavepoint),
        _ => false,
    };

    // EF Core wraps what the database says, sometimes twice.
    private static Exception? Cause(Exception? e)
    {
        while (e is not (null or SqliteException or NpgsqlException))
            e = e.InnerException;
        return e;
    }
}
