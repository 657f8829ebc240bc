using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace HpoService.Bench.Service;

/// <summary>The floor of durable writing: rows of the size of a trial, a transaction of as many rows as there are clients, nothing else.</summary>
internal static class InsertFloor
{
    /// <summary>Rows and commits a second.</summary>
    public static (double Rows, double Commits) Measure(int clients, double seconds)
    {
        var folder = Directory.CreateTempSubdirectory("hpo-bench-floor-").FullName;
        try
        {
            using var db = new SqliteConnection($"Data Source={Path.Combine(folder, "floor.db")};Pooling=false");
            db.Open();
            using var command = db.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE floor (Study INTEGER, Number INTEGER, Content TEXT, PRIMARY KEY (Study, Number));";
            command.ExecuteNonQuery();
            command.CommandText = "INSERT INTO floor VALUES (1, $number, $content)";
            var number = command.Parameters.Add("$number", SqliteType.Integer);
            command.Parameters.AddWithValue("$content", new string('x', 400));
            var (started, commits) = (Stopwatch.GetTimestamp(), 0);
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
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
