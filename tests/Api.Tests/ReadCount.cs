using System.Data.Common;
using System.Diagnostics;
using HpoService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HpoService.Api.Tests;

/// <summary>Counts the queries of one table that this process sends to one database.</summary>
internal sealed class ReadCount : IDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private readonly string _database, _table;
    private readonly IDisposable _all;
    private IDisposable? _queries;
    private int _count;

    public ReadCount(Database database, string table)
    {
        var address = new DbConnectionStringBuilder { ConnectionString = database.ConnectionString };
        (_database, _table) = ((string)address[database.IsPostgres ? "Database" : "Data Source"], $"FROM {(database.IsPostgres ? table : $"\"{table}\"")} ");
        _all = DiagnosticListener.AllListeners.Subscribe(this);
    }

    public int Count => Volatile.Read(ref _count);

    public void OnNext(DiagnosticListener listener)
    {
        if (listener.Name == DbLoggerCategory.Name)
            _queries = listener.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> happened)
    {
        if (happened.Value is CommandExecutedEventData { Command: { Connection: { } connection } command } && (connection.DataSource == _database || connection.Database == _database)
            && command.CommandText.Contains(_table, StringComparison.Ordinal))
            Interlocked.Increment(ref _count);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        _queries?.Dispose();
        _all.Dispose();
    }
}
