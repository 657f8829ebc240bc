using System.Text.Json;
using HpoService.Search;

namespace HpoService.Bench.Service;

/// <summary>A service over a data folder of its own, with its studies.</summary>
internal sealed class Scenario : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-bench-").FullName;

    private readonly bool _isOther;

    private Scenario(bool isOther, int history, int studies, string? address) =>
        (_isOther, History, Studies, Database) = (isOther, history, [.. Enumerable.Range(0, studies).Select(i => $"bench-{i}")], new BenchDatabase(_folder, address));

    public int History { get; }

    public IReadOnlyList<string> Studies { get; }

    /// <summary>A study that no client works at.</summary>
    public const string Quiet = "quiet";

    public BenchDatabase Database { get; }

    public ChildServer Server { get; private set; } = null!;

    public string Name => $"{Studies.Count} {(Studies.Count == 1 ? "study" : "studies")}, {History} trials before{(_isOther ? ", the other build" : "")}";

    public static async Task<Scenario> StartAsync(ServiceRequest request, bool isOther, int history, int studies, string? address, CancellationToken cancellationToken)
    {
        var scenario = new Scenario(isOther, history, studies, address);
        scenario.Server = await ChildServer.StartAsync(
            isOther ? request.Against! : request.Program, ["serve", "--slots", "0", "--data", scenario._folder, .. scenario.Database.Arguments], cancellationToken);
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

    /// <summary>Has a study's next trial completed.</summary>
    public static async Task RunAsync(KeepAliveConnection connection, string study, CancellationToken cancellationToken)
    {
        var trial = (await SendAsync(connection, $"studies/{study}/suggest", "{}", cancellationToken)).GetProperty("trials")[0];
        var (number, token) = (trial.GetProperty("number").GetInt32(), trial.GetProperty("lease").GetProperty("token").GetString());
        await SendAsync(connection, $"studies/{study}/trials/{number}/complete", $$$"""{"values":{"loss":0.25},"leaseToken":"{{{token}}}"}""", cancellationToken);
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
        await RunAsync(connection, study, cancellationToken);
        await Database.CopyFirstTrialAsync(study, History, cancellationToken);
    }
}
