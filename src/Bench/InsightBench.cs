using System.Diagnostics;
using HpoService.Bench.Reports;
using HpoService.Bench.Service;
using HpoService.Bench.Statistics;
using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Bench;

/// <summary>What <c>hpo bench insight</c> is asked to measure.</summary>
public sealed record InsightRequest
{
    /// <summary>The program: <c>serve</c> is started from it.</summary>
    public required string Program { get; init; }

    /// <summary>Numbers of completed trials; each is a service of its own.</summary>
    public IReadOnlyList<int> Trials { get; init; } = [1_000, 10_000, 100_000];

    /// <summary>How often each request is sent.</summary>
    public int Rounds { get; init; } = 20;

    /// <inheritdoc cref="ServiceRequest.Database"/>
    public string Database { get; init; } = "sqlite";
}

/// <summary>Times what a study's page asks for, by one client of the real server, over long histories.</summary>
public static class InsightBench
{
    // As the page sends them.
    private static readonly string[] Requests =
    [
        "history?points=500", "importances", "slice?points=150", "contour?points=400&x=learningRate&y=hidden", "parallel?points=200", "curves?trials=16", "best",
    ];

    /// <summary>Prints a row for each request and number of trials.</summary>
    /// <exception cref="HpoException">The service refuses what the benchmark sends.</exception>
    public static async Task MeasureAsync(InsightRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        _ = Database.Engine; // loads the engine that the service uses
        await using var addresses = await BenchAddresses.OfAsync(request.Database);
        output.WriteLine($"# Insight\n\n{Machine.Describe()}.\n{addresses.Name}, one client, each request {request.Rounds} times after one more trial was completed, and again with nothing new.\n");
        output.WriteLine("| trials | request | KiB | after one more trial, p50 ms | longest | nothing new, p50 ms | longest |\n|---|---|---|---|---|---|---|");
        var service = new ServiceRequest { Program = request.Program };
        var firsts = new List<string>();
        foreach (var trials in request.Trials)
        {
            using var scenario = await Scenario.StartAsync(service, isOther: false, trials, 1, await addresses.NextAsync(), cancellationToken);
            await scenario.Database.VaryAsync(scenario.Studies[0], cancellationToken);
            using var connection = await KeepAliveConnection.OpenAsync(scenario.Server.Url, cancellationToken);
            var (first, _) = await TimeAsync(connection, scenario, Requests[0], cancellationToken);
            var rows = Requests.Select(_ => (After: new List<double>(), Same: new List<double>(), Bytes: new List<double>())).ToList();
            for (var round = 0; round < request.Rounds; round++)
                for (var i = 0; i < Requests.Length; i++)
                {
                    await Scenario.RunAsync(connection, scenario.Studies[0], cancellationToken);
                    rows[i].After.Add((await TimeAsync(connection, scenario, Requests[i], cancellationToken)).Milliseconds);
                    var (same, bytes) = await TimeAsync(connection, scenario, Requests[i], cancellationToken);
                    rows[i].Same.Add(same);
                    rows[i].Bytes.Add(bytes);
                }

            foreach (var (path, (after, same, bytes)) in Requests.Zip(rows))
                output.WriteLine($"| {trials} | {path} | {Quantiles.Median(bytes) / 1024:F1} | {Quantiles.Median(after):F1} | {after.Max():F1} | {Quantiles.Median(same):F1} | {same.Max():F1} |");
            firsts.Add($"{trials} trials {first:F0} ms, and then {scenario.Server.PeakMemory():F0} MiB at most");
        }

        output.WriteLine($"\nThe first look after the service's start, which reads all trials: {string.Join("; ", firsts)}.");
    }

    private static async Task<(double Milliseconds, int Bytes)> TimeAsync(KeepAliveConnection connection, Scenario scenario, string path, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (status, body) = await connection.SendAsync("GET", $"/api/v1/studies/{scenario.Studies[0]}/{path}", null, cancellationToken);
        return status == 200 ? (Stopwatch.GetElapsedTime(started).TotalMilliseconds, body.Length) : throw new HpoException("", $"GET {path} must be answered with 200, but got {status}.");
    }
}
