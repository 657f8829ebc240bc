using System.Security.Cryptography;
using HpoService.Storage.Writing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HpoService.Storage.Postgres;

/// <summary>A database of a PostgreSQL server, which several machines may share.</summary>
internal sealed class PostgresProvider : IProvider
{
    private const long MigrationLock = 0x68706f_0002;

    // A server takes 100 connections by default, of all processes together.
    private const int MaxReaders = 20;
    private readonly string _id = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly string _unpooled, _settings;
    private readonly DbContextOptions<PostgresDbContext> _options;

    public PostgresProvider(NpgsqlConnectionStringBuilder address, int patience)
    {
        address.ApplicationName ??= "hpo";
        if (!address.ContainsKey("Maximum Pool Size"))
            address.MaxPoolSize = MaxReaders;
        ConnectionString = address.ToString();
        // A dead or dumb server must be noticed, but not while it lets a write wait for its turn.
        address.CommandTimeout = patience + 5;
        (address.MaxAutoPrepare, address.AutoPrepareMinUsages, address.NoResetOnClose) = (200, 2, true);
        _options = new DbContextOptionsBuilder<PostgresDbContext>().UseNpgsql(address.ToString()).Options;
        address.Pooling = false;
        _unpooled = address.ToString();
        // An answered request must be on the disk. A machine that dies or stands still within a transaction must not hold up all others.
        _settings = $"""
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
            SET lock_timeout = '{patience}s'; SET idle_in_transaction_session_timeout = '15s';
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
            """;
    }

    public string ConnectionString { get; }

    public HpoDbContext Open() => new PostgresDbContext(_options);

    public WriteConnection OpenWriter(string? more)
    {
        var connection = new NpgsqlConnection(_unpooled);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"{_settings} {more}";
            command.ExecuteNonQuery();
            // Processes that have not been heard of for a day. Never the latest turn: it must not be given a second time.
            command.CommandText = """DELETE FROM writers WHERE "At" < EXTRACT(EPOCH FROM now()) * 1000 - 86400000 AND "Turn" < (SELECT MAX("Turn") FROM writers)""";
            command.ExecuteNonQuery();
            var context = new PostgresDbContext(new DbContextOptionsBuilder<PostgresDbContext>().UseNpgsql(connection).Options);
            return new PostgresWriteConnection(connection, context, _id);
        }
        catch (Exception)
        {
            connection.Dispose();
            throw;
        }
    }

    public VersionProbe OpenProbe() => new(new NpgsqlConnection(_unpooled), """SELECT COALESCE(MAX("Turn"), 0) FROM writers""");

    public Task<bool> TryClaimAsync(string worker, Action lost, CancellationToken cancellationToken) => new PostgresClaim(_unpooled, worker, lost).TryTakeAsync(cancellationToken);

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // The lock ends with its connection, also when this process is killed.
        await using var connection = new NpgsqlConnection(_unpooled);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_lock({MigrationLock})";
        await command.ExecuteNonQueryAsync(cancellationToken);
        await using var context = Open();
        if ((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            await context.Database.MigrateAsync(cancellationToken);
    }
}
