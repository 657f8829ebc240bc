using Npgsql;

namespace HpoService.Bench.Service;

/// <summary>Gives each scenario a database of its own, and takes all of them away at the end.</summary>
internal sealed class BenchAddresses : IAsyncDisposable
{
    private readonly PostgresCluster? _cluster;
    private readonly string? _server;
    private readonly List<string> _made = [];

    private BenchAddresses(string name, PostgresCluster? cluster, string? server) => (Name, _cluster, _server) = (name, cluster, server);

    /// <summary>What a report calls the database.</summary>
    public string Name { get; }

    public static async Task<BenchAddresses> OfAsync(string database) => database switch
    {
        "sqlite" => new("SQLite", null, null),
        "postgres" => new("PostgreSQL", await PostgresCluster.StartAsync(), null),
        _ => new("PostgreSQL", null, database),
    };

    /// <summary>A new database; null = SQLite.</summary>
    public async Task<string?> NextAsync()
    {
        if (_cluster is not null)
            return _cluster.Address(await _cluster.CreateDatabaseAsync());
        if (_server is null)
            return null;
        var name = $"hpo_bench_{Environment.ProcessId}_{_made.Count}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        _made.Add(name);
        return new NpgsqlConnectionStringBuilder(_server) { Database = name }.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        foreach (var name in _made)
            await ExecuteAsync($"DROP DATABASE {name} WITH (FORCE)");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{_server};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
