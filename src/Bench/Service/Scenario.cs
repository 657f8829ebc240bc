using System.Text.Json;
using HpoService.Search;
using Microsoft.Data.Sqlite;

namespace HpoService.Bench.Service;

/// <summary>A service over a data folder of its own, with its studies.</summary>
internal sealed class Scenario : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-bench-").FullName;

    private Scenario(int history, int studies) => (History, Studies) = (history, [.. Enumerable.Range(0, studies).Select(i => $"bench-{i}")]);

    public int History { get; }

    public IReadOnlyList<string> Studies { get; }

    /// <summary>A study that no client works at.</summary>
    public const string Quiet = "quiet";

    public string DatabaseFile => Path.Combine(_folder, "hpo.db");

    public ChildServer Server { get; private set; } = null!;

    public string Name => $"{Studies.Count} {(Studies.Count == 1 ? "study" : "studies")}, {History} trials before";

    public static async Task<Scenario> StartAsync(ServiceRequest request, int history, int studies, CancellationToken cancellationToken)
    {
        var scenario = new Scenario(history, studies);
        scenario.Server = await ChildServer.StartAsync(
            request.Program, ["serve", "--slots", "0", "--data", scenario._folder, .. request.ServerArguments], cancellationToken);
        try
        {
            using var connection = await KeepAliveConnection.OpenAsync(scenario.Server.Url, cancellationToken);
            await SendAsync(connection, "studies", Definition(Quiet, "random"), cancellationToken);
            foreach (var study in scenario.Studies)
            {
                await SendAsync(connection, "studies", Definition(study, request.Sampler), cancellationToken);
                if (history > 0)
                    await scenario.PreloadAsync(connection, study, cancellationToken);
            }

            return scenario;
        }
        catch
        {
            scenario.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Definition(string name, string sampler) => $$$"""
        {"name":"{{{name}}}","objectives":[{"metric":"loss","direction":"minimize"}],
         "parameters":[
          {"name":"learningRate","type":"float","low":1e-4,"high":0.1,"scale":"log"},
          {"name":"dropout","type":"float","low":0,"high":0.5},
          {"name":"hidden","type":"int","low":8,"high":256,"scale":"log"},
          {"name":"optimizer","type":"categorical","choices":["sgd","adam","rmsprop"]},
          {"name":"momentum","type":"float","low":0,"high":0.99,"when":{"parameter":"optimizer","in":["sgd"]}}],
         "sampler":{"kind":"{{{sampler}}}","seed":7},
         "budget":{"maxParallelTrials":1000}}
        """;

    private static async Task<JsonElement> SendAsync(KeepAliveConnection connection, string path, string json, CancellationToken cancellationToken)
    {
        var (status, body) = await connection.SendAsync("POST", $"/api/v1/{path}", json, cancellationToken);
        return status < 300
            ? JsonDocument.Parse(body).RootElement.Clone()
            : throw new HpoException("", $"the service must take what the benchmark prepares, but got {status} {System.Text.Encoding.UTF8.GetString(body.Span)}.");
    }

    // The first trial goes the usual way; the others are copies of its row with other numbers, parameters and values.
    private async Task PreloadAsync(KeepAliveConnection connection, string study, CancellationToken cancellationToken)
    {
        var trial = (await SendAsync(connection, $"studies/{study}/suggest", "{}", cancellationToken)).GetProperty("trials")[0];
        var token = trial.GetProperty("lease").GetProperty("token").GetString();
        await SendAsync(connection, $"studies/{study}/trials/0/complete", $$$"""{"values":{"loss":0.25},"leaseToken":"{{{token}}}"}""", cancellationToken);
        await using var db = new SqliteConnection($"Data Source={DatabaseFile};Pooling=false");
        await db.OpenAsync(cancellationToken);
        await using var transaction = await db.BeginTransactionAsync(cancellationToken);
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT group_concat('\"' || name || '\"') FROM pragma_table_info('trials') WHERE name NOT IN ('Number', 'ParametersJson', 'ValuesJson')";
        var others = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        command.CommandText = $$"""
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < $history)
            INSERT INTO trials (Number, ParametersJson, ValuesJson, {{others}})
            SELECT n, '{"learningRate":' || (1e-4 + 0.0999 * n / $history) || ',"dropout":0.25,"hidden":64,"optimizer":"adam"}', '{"loss":' || (0.5 + 1.0 / n) || '}', {{others}}
            FROM number, trials WHERE Number = 0 AND StudyId = (SELECT Id FROM studies WHERE Name = $study);
            UPDATE studies SET NextNumber = $history, CompletedTrials = $history, Version = Version + 1 WHERE Name = $study;
            """;
        command.Parameters.AddWithValue("$history", History);
        command.Parameters.AddWithValue("$study", study);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
