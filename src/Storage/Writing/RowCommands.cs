using System.Data.Common;
using System.Numerics;

namespace HpoService.Storage.Writing;

/// <summary>Prepared commands of one table on one connection: one for each set of columns that is written.</summary>
internal sealed class RowCommands<TRow>(RowTable<TRow> table, WriteConnection connection) : IDisposable where TRow : class
{
    private const int MaxPrepared = 100;
    private readonly Dictionary<string, DbCommand> _queries = [];
    private readonly Dictionary<(char Kind, ulong Columns), Statement> _writes = [];

    public RowTable<TRow> Table => table;

    public void Insert(TRow row) => Execute('I', table.Filled(row), row);

    /// <summary>Writes what differs; nothing when nothing does.</summary>
    public void Update(TRow original, TRow row)
    {
        if (table.Changes(original, row) is not 0 and var columns)
            Execute('U', columns | table.Keys, row);
    }

    public void Upsert(TRow row) => Execute('R', (1UL << table.Columns) - 1, row);

    /// <summary>The rows of a condition over <c>$1</c>, <c>$2</c>, …</summary>
    public List<TRow> Query(string where, params ReadOnlySpan<object> keys)
    {
        if (!_queries.TryGetValue(where, out var command))
        {
            _queries[where] = command = connection.Connection.CreateCommand();
            command.CommandText = $"{table.Select} WHERE {where}";
            for (var i = 0; i < keys.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = connection.NameOf(i + 1);
                command.Parameters.Add(parameter);
            }
        }

        for (var i = 0; i < keys.Length; i++)
            command.Parameters[i].Value = keys[i];
        using var reader = command.ExecuteReader();
        var rows = new List<TRow>();
        while (reader.Read())
            rows.Add(table.Read(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _queries.Values.Concat(_writes.Values.Select(s => s.Command)))
            command.Dispose();
        _queries.Clear();
        _writes.Clear();
    }

    private void Execute(char kind, ulong columns, TRow row)
    {
        if (!_writes.TryGetValue((kind, columns), out var statement))
        {
            if (_writes.Count >= MaxPrepared && connection.Outbox?.IsEmpty != false)
                Dispose();
            var text = kind switch { 'I' => table.Insert(columns), 'U' => table.Update(columns), _ => table.Upsert(columns) };
            _writes[(kind, columns)] = statement = new Statement(Prepare(text, columns));
        }

        if (connection.Outbox is { } outbox)
        {
            var command = statement.Next(outbox);
            Fill(command.Parameters, columns, row);
            outbox.Add(command);
            return;
        }

        Fill(statement.Command.Parameters, columns, row);
        if (statement.Command.ExecuteNonQuery() != 1)
            throw new InvalidOperationException($"{statement.Command.CommandText[..20]}… must write one row, but its row is not there.");
    }

    private void Fill(DbParameterCollection parameters, ulong columns, TRow row)
    {
        for (var (rest, i) = (columns, 0); rest != 0; rest &= rest - 1, i++)
            parameters[i].Value = table.Value(row, BitOperations.TrailingZeroCount(rest));
    }

    private DbCommand Prepare(string text, ulong columns)
    {
        var command = connection.Connection.CreateCommand();
        command.CommandText = text;
        for (var (rest, i) = (columns, 1); rest != 0; rest &= rest - 1, i++)
            command.Parameters.Add(table.CreateParameter(command, connection.NameOf(i), BitOperations.TrailingZeroCount(rest)));
        return command;
    }

    /// <summary>A command, and as many copies of it as one sending needed.</summary>
    private sealed class Statement(DbCommand command)
    {
        private readonly List<DbBatchCommand> _copies = [];
        private (long Sending, int Count) _used;

        public DbCommand Command => command;

        public DbBatchCommand Next(Outbox outbox)
        {
            _used = _used.Sending == outbox.Sendings ? _used : (outbox.Sendings, 0);
            if (_used.Count == _copies.Count)
                _copies.Add(Copy(outbox.Create()));
            return _copies[_used.Count++];
        }

        private DbBatchCommand Copy(DbBatchCommand copy)
        {
            copy.CommandText = command.CommandText;
            foreach (ICloneable parameter in command.Parameters)
                copy.Parameters.Add(parameter.Clone());
            return copy;
        }
    }
}
