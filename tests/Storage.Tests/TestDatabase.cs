using HpoService.Bench.Service;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HpoService.Storage.Tests;

/// <summary>A database of one test's own: a SQLite file, or a database of a PostgreSQL server that all tests share.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    public const string Sqlite = "SQLite", Postgres = "PostgreSQL";
    private static readonly Lazy<Task<(PostgresCluster Cluster, string Migrated)>> Server = new(StartAsync);
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-test-").FullName;
    private readonly string? _address;

    private TestDatabase(string? address) => _address = address;

    /// <summary>Of one of PostgreSQL.</summary>
    public string Address => _address!;

    public static async Task<TestDatabase> NewAsync(string kind)
    {
        if (kind == Sqlite)
            return new TestDatabase(null);
        var (cluster, migrated) = await Server.Value;
        return new TestDatabase(cluster.Address(await cluster.CreateDatabaseAsync(migrated)));
    }

    /// <summary>One of PostgreSQL without tables.</summary>
    public static async Task<TestDatabase> NewEmptyAsync()
    {
        var (cluster, _) = await Server.Value;
        return new TestDatabase(cluster.Address(await cluster.CreateDatabaseAsync()));
    }

    /// <summary>Opens it as one more process does.</summary>
    public Database Open(TimeSpan? patience = null) =>
        _address is null ? Database.Sqlite(Path.Combine(_folder, "hpo.db"), patience) : Database.Postgres(_address, _folder, patience);

    /// <summary>Has the database itself refuse some idempotency keys, as a broken one may refuse anything.</summary>
    public async Task RefuseKeysAsync(string condition)
    {
        await using var db = Open().Open();
        await db.Database.ExecuteSqlRawAsync(_address is null
            ? $"CREATE TRIGGER refuse BEFORE INSERT ON idempotency_keys WHEN {condition} BEGIN SELECT RAISE(ABORT, 'refused'); END"
            : $"""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END';
                CREATE TRIGGER refuse BEFORE INSERT ON idempotency_keys FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse()
                """);
    }

    /// <summary>Also ends all connections to it: pools would keep theirs for minutes, until the server took no more.</summary>
    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        if (_address is not null)
            await (await Server.Value).Cluster.ExecuteAsync("postgres", $"DROP DATABASE {new NpgsqlConnectionStringBuilder(_address).Database} WITH (FORCE)");
    }

    // It ends with this process.
    private static async Task<(PostgresCluster, string)> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync(isDurable: false, connections: 400);
        var migrated = await cluster.CreateDatabaseAsync();
        await Database.Postgres($"{cluster.Address(migrated)};Pooling=false", Path.GetTempPath()).MigrateAsync(default);
        return (cluster, migrated);
    }
}
