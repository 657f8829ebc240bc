using System.Data.Common;

namespace HpoService.Storage.Writing;

/// <summary>Statements that each write one row, kept until they are sent to the server together: a row then costs no waiting of its own.</summary>
internal sealed class Outbox(DbConnection connection) : IDisposable
{
    private readonly DbBatch _batch = connection.CreateBatch();

    /// <summary>Whether anything waits to be sent.</summary>
    public bool IsEmpty => _batch.BatchCommands.Count == 0;

    /// <summary>How often it was sent or cleared: commands added before the last time may be used again.</summary>
    public long Sendings { get; private set; }

    public DbBatchCommand Create() => _batch.CreateBatchCommand();

    /// <summary>Keeps a statement; it must not be changed until <see cref="Send"/>.</summary>
    public void Add(DbBatchCommand command) => _batch.BatchCommands.Add(command);

    /// <exception cref="InvalidOperationException">A statement wrote no row.</exception>
    public void Send()
    {
        if (IsEmpty)
            return;
        try
        {
            var wanted = _batch.BatchCommands.Count;
            if (_batch.ExecuteNonQuery() is var written && written != wanted)
                throw new InvalidOperationException($"{wanted} statements must write one row each, but got {written}.");
        }
        finally
        {
            Clear();
        }
    }

    public void Clear()
    {
        _batch.BatchCommands.Clear();
        Sendings++;
    }

    public void Dispose() => _batch.Dispose();
}
