using System.Data.Common;
using System.Diagnostics;

namespace HpoService.Bench.Service;

/// <summary>The floor of durable writing: rows of the size of a trial, a transaction of as many rows as there are clients, nothing else.</summary>
internal static class InsertFloor
{
    /// <summary>Rows and commits a second.</summary>
    public static (double Rows, double Commits) Measure(BenchDatabase database, int clients, double seconds)
    {
        using var db = database.Connect();
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = "DROP TABLE IF EXISTS floor; CREATE TABLE floor (Study bigint, Number bigint, Content text, PRIMARY KEY (Study, Number));";
        command.ExecuteNonQuery();
        if (database.Arguments.Count == 0)
        {
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
            command.ExecuteNonQuery();
        }

        command.CommandText = "INSERT INTO floor VALUES (1, @number, @content)";
        var number = Parameter(command, "number", 0L);
        Parameter(command, "content", new string('x', 400));
        command.Prepare();
        var (started, commits) = (Stopwatch.GetTimestamp(), 0L);
        for (; Stopwatch.GetElapsedTime(started).TotalSeconds < seconds; commits++)
        {
            using var transaction = db.BeginTransaction();
            command.Transaction = transaction;
            for (var i = 0; i < clients; i++)
            {
                number.Value = commits * clients + i;
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (commits * clients / elapsed, commits / elapsed);
    }

    private static DbParameter Parameter(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ($"@{name}", value);
        command.Parameters.Add(parameter);
        return parameter;
    }
}
