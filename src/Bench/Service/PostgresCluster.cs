using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace HpoService.Bench.Service;

/// <summary>A PostgreSQL server of its own in a temporary folder, from Debian's package. It ends, and its folder goes, with the process that started it,
/// however that ends: its keeper reads a pipe until that is closed.</summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private const string User = "app";

    // PostgreSQL refuses to run as root.
    private const string Keeper = """
        trap '' INT
        dir=$1 bin=$2 options=$3
        as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi; }
        chmod 755 "$dir" && mkdir "$dir/cluster" && cd /
        [ "$(id -u)" != 0 ] || chown postgres "$dir/cluster"
        as "$bin/initdb" -D "$dir/cluster" -U app --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
        start() { as "$bin/pg_ctl" -D "$dir/cluster" -w -l "$dir/cluster/log" -o "$options" start >/dev/null && echo ready; }
        stop() { as "$bin/pg_ctl" -D "$dir/cluster" -w -m immediate stop >/dev/null; }
        start
        while read -r order; do
          case $order in start) start ;; stop) stop && echo stopped ;; esac
        done
        stop
        rm -rf "$dir"
        """;

    private readonly Process _keeper;
    private readonly int _port;
    private int _databases;

    private PostgresCluster(Process keeper, int port) => (_keeper, _port) = (keeper, port);

    /// <summary>Starts a server that listens on a free port of the loopback address.</summary>
    /// <param name="isDurable">Whether a commit waits for the disk, as it does by default; tests need not survive a loss of power.</param>
    /// <param name="connections">How many it takes at once, of all clients together; by default as many as any PostgreSQL takes by default.</param>
    /// <exception cref="IOException">PostgreSQL is not installed, or does not start.</exception>
    public static async Task<PostgresCluster> StartAsync(bool isDurable = true, int connections = 100)
    {
        var programs = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").MaxBy(d => int.Parse(Path.GetFileName(d))) : null;
        if (programs is null)
            throw new IOException("PostgreSQL must be installed (Debian's package postgresql), but there is no /usr/lib/postgresql.");
        var (folder, port) = (Directory.CreateTempSubdirectory("hpo-postgres-").FullName, FreePort());
        var options = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}/cluster -c fsync={(isDurable ? "on" : "off")} -c max_connections={connections}";
        var keeper = Process.Start(new ProcessStartInfo("sh", ["-c", Keeper, "sh", folder, Path.Combine(programs, "bin"), options]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var cluster = new PostgresCluster(keeper, port);
        await cluster.ExpectAsync("ready");
        return cluster;
    }

    /// <summary>The connection string of a database.</summary>
    public string Address(string database) => $"Host=127.0.0.1;Port={_port};Username={User};Database={database}";

    /// <summary>Makes a database, a copy of another one if need be.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync(string template = "template1")
    {
        var name = $"hpo{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return name;
    }

    /// <summary>Has a statement done.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection($"{Address(database)};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>As if its machine lost power, but for its disk.</summary>
    public async Task CrashAsync()
    {
        await _keeper.StandardInput.WriteLineAsync("stop");
        await ExpectAsync("stopped");
    }

    /// <summary>Starts it again after <see cref="CrashAsync"/>.</summary>
    public async Task RestartAsync()
    {
        await _keeper.StandardInput.WriteLineAsync("start");
        await ExpectAsync("ready");
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private async Task ExpectAsync(string answer)
    {
        await _keeper.StandardInput.FlushAsync();
        if (await _keeper.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) != answer)
            throw new IOException($"PostgreSQL must say '{answer}', but it did not; its reasons are above.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
