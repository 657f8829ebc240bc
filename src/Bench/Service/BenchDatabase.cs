using System.Data.Common;
using HpoService.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace HpoService.Bench.Service;

/// <summary>The database of one scenario: what of it depends on the provider.</summary>
/// <param name="folder">The scenario's data folder.</param>
/// <param name="address">Of a PostgreSQL database; null = SQLite in the data folder.</param>
internal sealed class BenchDatabase(string folder, string? address)
{
    // Every column of the first trial is copied but for these.
    private const string Others = "'Number', 'ParametersJson', 'ValuesJson', 'Version'";

    // So that the service does.
    private string Notice => address is null ? ""
        : """INSERT INTO writers ("Id", "Turn", "At") SELECT 'bench', MAX("Turn") + 1, 0 FROM writers ON CONFLICT ("Id") DO UPDATE SET "Turn" = excluded."Turn";""";

    /// <summary>What <c>serve</c> is told.</summary>
    public IReadOnlyList<string> Arguments => address is null ? [] : ["--database", address];

    /// <summary>As another process opens it.</summary>
    public Database Open() => address is null ? Database.Sqlite(Path.Combine(folder, "hpo.db")) : Database.Postgres(address, folder);

    /// <summary>A connection for statements of the benchmark's own.</summary>
    public DbConnection Connect() => address is null ? new SqliteConnection($"Data Source={Path.Combine(folder, "hpo.db")};Pooling=false") : new NpgsqlConnection($"{address};Pooling=false");

    /// <summary>Gives a study so many trials, copies of its first one with other numbers, parameters and values.</summary>
    public async Task CopyFirstTrialAsync(string study, int history, CancellationToken cancellationToken)
    {
        await using var db = Connect();
        await db.OpenAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        await using var command = db.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = address is null
            ? $"SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('trials') WHERE name NOT IN ({Others})"
            : $"SELECT string_agg('\"' || column_name || '\"', ',') FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'trials' AND column_name NOT IN ({Others})";
        var others = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        command.CommandText = $$"""
            UPDATE studies SET "NextNumber" = {{history}}, "CompletedTrials" = {{history}}, "Version" = "Version" + 1 WHERE "Name" = '{{study}}';
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < {{history}})
            INSERT INTO trials ("Number", "ParametersJson", "ValuesJson", "Version", {{others}})
            SELECT n, '{"learningRate":' || (0.0001 + 0.0999 * n / {{history}}) || ',"dropout":0.25,"hidden":64,"optimizer":"adam"}', '{"loss":' || (0.5 + 1.0 / n) || '}',
                (SELECT "Version" FROM studies WHERE "Name" = '{{study}}'), {{others}}
            FROM number, trials WHERE "Number" = 0 AND "StudyId" = (SELECT "Id" FROM studies WHERE "Name" = '{{study}}');
            """;
        command.CommandText += Notice;
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (address is null)
            return;
        command.CommandText = "VACUUM ANALYZE";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Spreads a study's copied trials over the space, and gives each five measurements.</summary>
    public async Task VaryAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = Connect();
        await db.OpenAsync(cancellationToken);
        await using var command = db.CreateCommand();
        var copies = $"""= (SELECT "Id" FROM studies WHERE "Name" = '{study}') AND "Number" > 0""";
        command.CommandText = $$"""
            UPDATE trials SET
                "ParametersJson" = '{"learningRate":' || (0.0001 + 0.0999 * ("Number" * 7919 % 10007) / 10007.0) || ',"dropout":' || (0.5 * ("Number" * 7907 % 1009) / 1009.0)
                    || ',"hidden":' || (8 + "Number" * 31 % 249)
                    || CASE "Number" % 3 WHEN 0 THEN ',"optimizer":"sgd","momentum":' || (0.99 * ("Number" * 17 % 997) / 997.0) WHEN 1 THEN ',"optimizer":"adam"' ELSE ',"optimizer":"rmsprop"' END || '}',
                "ValuesJson" = '{"loss":' || (0.1 + 0.1 * ("Number" % 3) + (("Number" * 7919 % 10007) / 10007.0 - 0.3) * (("Number" * 7919 % 10007) / 10007.0 - 0.3)) || '}'
            WHERE "StudyId" {{copies}};
            INSERT INTO measurements ("StudyId", "Number", "Step", "ValuesJson", "ReportedAt", "Version")
            SELECT "StudyId", "Number", step, '{"loss":' || (1.0 / step) || '}', 0, "Version"
            FROM trials, (SELECT 1 AS step UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS steps WHERE "StudyId" {{copies}};
            {{Notice}}
            """;
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
