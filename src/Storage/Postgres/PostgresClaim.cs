using Npgsql;

namespace HpoService.Storage.Postgres;

/// <summary>A worker's name, held for as long as the process lives: an advisory lock of a connection that is opened anew when it is lost.</summary>
/// <param name="connectionString">Without pooling.</param>
/// <param name="name">The name.</param>
/// <param name="lost">Called when somebody else has got it while the connection was lost.</param>
internal sealed class PostgresClaim(string connectionString, string name, Action lost)
{
    private const int LockClass = 0x68706f;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    private NpgsqlConnection? _connection;

    /// <returns>Whether nobody else holds it.</returns>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (!await TryLockAsync(cancellationToken))
            return false;
        _ = Task.Run(KeepAsync, CancellationToken.None);
        return true;
    }

    private async Task<bool> TryLockAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        // The server must notice within half a minute when this machine dies: its successor takes the name then.
        command.CommandText = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3";
        await command.ExecuteNonQueryAsync(cancellationToken);
        command.CommandText = $"SELECT pg_try_advisory_lock({LockClass}, hashtext($1))";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            _connection = connection;
            return true;
        }

        await connection.DisposeAsync();
        return false;
    }

    private async Task KeepAsync()
    {
        for (; ; await Task.Delay(BetweenLooks))
        {
            try
            {
                if (_connection is null && !await TryLockAsync(default))
                {
                    lost();
                    return;
                }

                await using var command = _connection!.CreateCommand();
                command.CommandText = "SELECT 1";
                await command.ExecuteScalarAsync();
            }
            catch (Exception)
            {
                // The server is away: it is asked until it is back.
                if (_connection is not null)
                    await _connection.DisposeAsync();
                _connection = null;
            }
        }
    }
}
