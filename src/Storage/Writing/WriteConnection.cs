using System.Data.Common;

namespace HpoService.Storage.Writing;

/// <summary>The writer's own connection: what of a transaction differs between databases.</summary>
/// <param name="connection">Open.</param>
/// <param name="context">On the same connection.</param>
internal abstract class WriteConnection(DbConnection connection, HpoDbContext context) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = [];

    public DbConnection Connection => connection;

    public HpoDbContext Context => context;

    /// <summary>Whether whoever waits for the lock only looks again and again, so that it must be free for a while to be got.</summary>
    public abstract bool WaitersLookAgain { get; }

    /// <summary>Names a parameter <c>$1</c>, <c>$2</c>, … of a statement.</summary>
    public abstract string NameOf(int position);

    /// <summary>Where rows are collected that are sent at once; null where sending costs nothing.</summary>
    public virtual Outbox? Outbox => null;

    /// <summary>After a commit to which no answer came: what another connection asks for, see <see cref="HasCommitted"/>.</summary>
    public virtual long? Unanswered => null;

    /// <summary>Begins a transaction beside which nobody else writes.</summary>
    /// <returns>Whether anybody else may have written since this connection's last transaction.</returns>
    public abstract bool Begin();

    /// <summary>Ends the transaction; it is on the disk when this returns.</summary>
    /// <param name="hasWritten">Whether anything may have been written.</param>
    public abstract void Commit(bool hasWritten);

    /// <summary>Whether a transaction of this process that was <see cref="Unanswered"/> was committed. That one is over when this answers.</summary>
    public virtual bool HasCommitted(long unanswered) => false;

    public void Execute(string text) => Command(text).ExecuteNonQuery();

    /// <summary>A statement without parameters, kept.</summary>
    public DbCommand Command(string text)
    {
        if (_commands.TryGetValue(text, out var command))
            return command;
        command = connection.CreateCommand();
        command.CommandText = text;
        return _commands[text] = command;
    }

    public virtual void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        Outbox?.Dispose();
        context.Dispose();
        connection.Dispose();
    }
}
