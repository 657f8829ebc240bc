using System.Text.Json;
using HpoService.Storage;
using Microsoft.Data.Sqlite;

namespace HpoService.Tests;

/// <summary>A study of 100,000 completed trials, written into the file by one statement: over HTTP it would take minutes.</summary>
internal static class LargeStudy
{
    public const int Trials = 100_000;

    /// <summary>The study as it is created: parameters rate, optimizer and momentum.</summary>
    public static string Definition(string name, string objectives) => $$$"""
        {"name":"{{{name}}}","objectives":{{{objectives}}},"sampler":{"kind":"random"},
         "parameters":[{"name":"rate","type":"float","low":0.0001,"high":1,"scale":"log"},
                       {"name":"optimizer","type":"categorical","choices":["sgd","adam","=cmd|' /C calc'!A0"]},
                       {"name":"momentum","type":"float","low":0,"high":1,"when":{"parameter":"optimizer","in":["sgd"]}}]}
        """;

    /// <summary>Metrics loss (its minimum 0 at trial 77,777) and size; a measurement at steps 1 to 3 of every 100th.</summary>
    public static async Task FillAsync(Database database, JsonElement study)
    {
        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $$"""
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {{Trials - 1}}),
                 points AS (SELECT n, n % 3 AS choice, (n * 7919 % 100003) / 100003.0 AS u, (n * 104729 % 100019) / 100019.0 AS v FROM numbers)
            INSERT INTO trials (StudyId, Number, State, ParametersJson, IsPartial, SuggestedBy, Attempt, Failures, LeaseLosses, LeaseMilliseconds,
                                StopRequested, ValuesJson, LatestMeasurementJson, CreatedAt, StartedAt, CompletedAt, Version)
            SELECT $study, n, 'Completed',
                   CASE choice WHEN 0 THEN json_object('rate', pow(10, 4 * u - 4), 'optimizer', 'sgd', 'momentum', v)
                               WHEN 1 THEN json_object('rate', pow(10, 4 * u - 4), 'optimizer', 'adam')
                               ELSE json_object('rate', pow(10, 4 * u - 4), 'optimizer', '=cmd|'' /C calc''!A0') END,
                   0, 'random', 1, 0, 0, 60000, 0,
                   json_object('loss', iif(n = 77777, 0, 0.01 + (u - 0.3) * (u - 0.3) + choice), 'size', 1 - u + v / 10), NULL,
                   1000000 + n, 1000000 + n, 1000100 + n, 2
            FROM points;
            INSERT INTO measurements (StudyId, Number, Step, ValuesJson, ReportedAt, Version)
            SELECT StudyId, Number, step, json_object('loss', 1.0 / step), 0, 2 FROM trials, (SELECT 1 AS step UNION SELECT 2 UNION SELECT 3) WHERE StudyId = $study AND Number % 100 = 77;
            UPDATE studies SET NextNumber = {{Trials}}, CompletedTrials = {{Trials}}, BestNumber = iif($isSingle, 77777, NULL), BestScore = 0, FrontSize = NULL, Version = 2 WHERE Id = $study;
            """;
        command.Parameters.AddWithValue("$study", study.GetProperty("id").GetInt64());
        command.Parameters.AddWithValue("$isSingle", study.GetProperty("objectives").GetArrayLength() == 1);
        await command.ExecuteNonQueryAsync();
    }
}
