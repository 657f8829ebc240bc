using System.Data.Common;

namespace HpoService.Storage.Writing;

/// <summary>Prepared commands of one table on one connection.</summary>
internal sealed class RowCommands<TRow>(RowTable<TRow> table, DbConnection connection) : IDisposable where TRow : class
{
    private readonly Dictionary<string, DbCommand> _queries = [];
    private DbCommand? _insert, _update, _upsert;

    public RowTable<TRow> Table => table;

    public void Insert(TRow row) => Execute(_insert ??= Prepare(table.Insert, table.Columns), row);

    public void Update(TRow row) => Execute(_update ??= Prepare(table.Update, table.Columns), row);

    public void Upsert(TRow row) => Execute(_upsert ??= Prepare(table.Upsert, table.Columns), row);

    /// <summary>The rows of a condition over <c>@p0</c>, <c>@p1</c>, …</summary>
    public List<TRow> Query(string where, params ReadOnlySpan<object> keys)
    {
        if (!_queries.TryGetValue(where, out var command))
            _queries[where] = command = Prepare($"{table.Select} WHERE {where}", keys.Length);
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
        foreach (var command in _queries.Values.Append(_insert).Append(_update).Append(_upsert))
            command?.Dispose();
    }

    private void Execute(DbCommand command, TRow row)
    {
        table.Bind(row, command.Parameters);
        if (command.ExecuteNonQuery() != 1)
            throw new InvalidOperationException($"{command.CommandText[..20]}… must write one row, but its row is not there.");
    }

    private DbCommand Prepare(string text, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        for (var i = 0; i < parameters; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i}";
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
