using System.Data.Common;

namespace HpoService.Storage;

/// <summary>A number that differs whenever anybody has committed since it was read last.</summary>
internal sealed class VersionProbe(DbConnection connection, string query) : IDisposable
{
    private DbCommand? _command;

    /// <summary>Reads it; after a failure, on a new connection the next time.</summary>
    public async Task<long> ReadAsync()
    {
        try
        {
            if (_command is null)
            {
                await connection.OpenAsync();
                _command = connection.CreateCommand();
                _command.CommandText = query;
            }

            return (long)(await _command.ExecuteScalarAsync())!;
        }
        catch (Exception)
        {
            Close();
            throw;
        }
    }

    public void Dispose()
    {
        Close();
        connection.Dispose();
    }

    private void Close()
    {
        _command?.Dispose();
        _command = null;
        connection.Close();
    }
}
