using System.Data.Common;
using System.Numerics;

namespace HpoService.Storage.Writing;

/// <summary>Prepared commands of one table on one connection: one for each set of columns that is written.</summary>
internal sealed class RowCommands<TRow>(RowTable<TRow> table, DbConnection connection) : IDisposable where TRow : class
{
    private const int MaxPrepared = 100;
    private readonly Dictionary<string, DbCommand> _queries = [];
    private readonly Dictionary<(char Kind, ulong Columns), DbCommand> _writes = [];

    public RowTable<TRow> Table => table;

    public void Insert(TRow row) => Execute('I', table.Filled(row), row);

    /// <summary>Writes what differs; nothing when nothing does.</summary>
    public void Update(TRow original, TRow row)
    {
        if (table.Changes(original, row) is not 0 and var columns)
            Execute('U', columns | table.Keys, row);
    }

    public void Upsert(TRow row) => Execute('R', (1UL << table.Columns) - 1, row);

    /// <summary>The rows of a condition over <c>@p0</c>, <c>@p1</c>, …</summary>
    public List<TRow> Query(string where, params ReadOnlySpan<object> keys)
    {
        if (!_queries.TryGetValue(where, out var command))
            _queries[where] = command = Prepare($"{table.Select} WHERE {where}", (1UL << keys.Length) - 1);
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
        foreach (var command in _queries.Values.Concat(_writes.Values))
            command.Dispose();
        _queries.Clear();
        _writes.Clear();
    }

    private void Execute(char kind, ulong columns, TRow row)
    {
        if (!_writes.TryGetValue((kind, columns), out var command))
        {
            if (_writes.Count >= MaxPrepared)
                Dispose();
            var text = kind switch { 'I' => table.Insert(columns), 'U' => table.Update(columns), _ => table.Upsert(columns) };
            _writes[(kind, columns)] = command = Prepare(text, columns);
        }

        for (var (rest, i) = (columns, 0); rest != 0; rest &= rest - 1, i++)
            command.Parameters[i].Value = table.Value(row, BitOperations.TrailingZeroCount(rest));
        if (command.ExecuteNonQuery() != 1)
            throw new InvalidOperationException($"{command.CommandText[..20]}… must write one row, but its row is not there.");
    }

    private DbCommand Prepare(string text, ulong parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var rest = parameters; rest != 0; rest &= rest - 1)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{BitOperations.TrailingZeroCount(rest)}";
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
