using HpoService.Bench.Reports;
using HpoService.Bench.Service;
using HpoService.Bench.Statistics;
using HpoService.Storage;

namespace HpoService.Bench;

/// <summary>Loads the real service, in a process of its own, with pairs of suggest and complete.</summary>
public static class ServiceBench
{
    private const string EchoBody = """{"number":1,"text":"echo"}""";

    /// <summary>Prints a row for each scenario, each kind of reading and each floor.</summary>
    /// <exception cref="Search.HpoException">The service refuses what the benchmark prepares.</exception>
    public static async Task MeasureAsync(ServiceRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        _ = Database.Engine; // loads the engine that the service uses
        var scenarios = new List<Scenario>();
        await using var addresses = await BenchAddresses.OfAsync(request.Database);
        var folder = Directory.CreateTempSubdirectory("hpo-bench-floor-");
        var floor = new BenchDatabase(folder.FullName, await addresses.NextAsync());
        try
        {
            foreach (var (history, studies) in request.Histories.SelectMany(history => request.Studies.Select(studies => (history, studies))))
                foreach (var isOther in request.Against is null ? [false] : new[] { false, true })
                    scenarios.Add(await Scenario.StartAsync(request, isOther, history, studies, await addresses.NextAsync(), cancellationToken));
            using var echo = await ChildServer.StartAsync(request.Program, ["bench", "echo"], cancellationToken);
            var load = new Load(request.Clients, request.Work);
            var warmUp = Math.Min(10, request.Seconds / 2); // the JIT compiler is busy for as long
            var streams = new List<IdleStreams>();
            foreach (var scenario in scenarios)
            {
                await load.PairsAsync(scenario.Server, scenario.Studies, warmUp, cancellationToken);
                streams.Add(await IdleStreams.OpenAsync(scenario.Server, request.Streams, cancellationToken));
            }

            await load.RepeatAsync(echo, "POST", "/", EchoBody, warmUp, cancellationToken);
            var seconds = request.Seconds / request.Rounds;
            var rounds = scenarios.ConvertAll(_ => new List<LoadResult>());
            var (echoes, rows) = (new List<LoadResult>(), new List<(double Rows, double Commits)>());
            for (var round = 0; round < request.Rounds; round++)
            {
                echoes.Add(await load.RepeatAsync(echo, "POST", "/", EchoBody, seconds / 2, cancellationToken));
                rows.Add(InsertFloor.Measure(floor, request.Clients, seconds / 2));
                for (var i = 0; i < scenarios.Count; i++)
                    rounds[i].Add(await load.PairsAsync(scenarios[i].Server, scenarios[i].Studies, seconds, cancellationToken));
            }

            Write(output, request, addresses, scenarios, rounds, echoes, rows);
            await WriteReadsAsync(output, scenarios, Math.Min(3, request.Seconds / 2), cancellationToken);
            foreach (var (idle, scenario) in streams.Zip(scenarios))
                await idle.WriteAsync(output, scenario, Math.Clamp((int)(5 * request.Seconds), 3, 30), cancellationToken);
            streams.ForEach(s => s.Dispose());
        }
        finally
        {
            scenarios.ForEach(scenario => scenario.Dispose());
            folder.Delete(recursive: true);
        }
    }

    private static void Write(
        TextWriter output, ServiceRequest request, BenchAddresses addresses, List<Scenario> scenarios, List<List<LoadResult>> rounds, List<LoadResult> echoes, List<(double Rows, double Commits)> rows)
    {
        var echo = LoadResult.Median(echoes, r => r.Rate);
        output.WriteLine($"# The service under load\n\n{Machine.Describe()}.");
        output.WriteLine($"{addresses.Name}, {request.Clients} clients, sampler {request.Sampler}, {request.Rounds} rounds of {request.Seconds / request.Rounds:F1} s in turn; "
            + $"medians over the rounds. Client and server share the machine.\n");
        output.WriteLine("| scenario | pairs/s | suggest p50 ms | p99 | complete p50 ms | p99 | errors | server's cores | peak MiB | requests/s : echo |\n|---|---|---|---|---|---|---|---|---|---|");
        foreach (var (scenario, results) in scenarios.Zip(rounds))
        {
            string Median(Func<LoadResult, double> figure) => $"{LoadResult.Median(results, figure):F2}";
            output.WriteLine($"| {scenario.Name} | {LoadResult.Median(results, r => r.Rate):F0} | {Median(r => Quantiles.Median(r.First))} | {Median(r => Quantiles.Of(r.First, 0.99))} "
                + $"| {Median(r => Quantiles.Median(r.Second))} | {Median(r => Quantiles.Of(r.Second, 0.99))} | {results.Sum(r => r.Errors)} | {Median(r => r.Cores)} "
                + $"| {scenario.Server.PeakMemory():F0} | {2 * LoadResult.Median(results, r => r.Rate) / echo:P0} |");
        }

        output.WriteLine($"\n| floor | a second | p50 ms | p99 |\n|---|---|---|---|");
        output.WriteLine($"| a bare minimal-API echo, the same clients | {echo:F0} requests | {LoadResult.Median(echoes, r => Quantiles.Median(r.Second)):F2} | {LoadResult.Median(echoes, r => Quantiles.Of(r.Second, 0.99)):F2} |");
        output.WriteLine($"| bare inserts into {addresses.Name}, {request.Clients} rows a commit, each waited for on the disk | {Quantiles.Median([.. rows.Select(r => r.Rows)]):F0} rows, {Quantiles.Median([.. rows.Select(r => r.Commits)]):F0} commits | | |");
    }

    private static async Task WriteReadsAsync(TextWriter output, List<Scenario> scenarios, double seconds, CancellationToken cancellationToken)
    {
        output.WriteLine("\n| reading, one client | p50 ms | p99 | a second |\n|---|---|---|---|");
        var one = new Load(1, TimeSpan.Zero);
        foreach (var scenario in scenarios)
        {
            var study = $"/api/v1/studies/{scenario.Studies[0]}";
            foreach (var (what, path) in new[] { ("GET study", study), ("a page of 100 trials", $"{study}/trials?limit=100&after={scenario.History / 2}"), ("the newest 100 trials", $"{study}/trials?limit=100&sort=-number") })
            {
                await one.RepeatAsync(scenario.Server, "GET", path, null, seconds / 2, cancellationToken);
                var result = await one.RepeatAsync(scenario.Server, "GET", path, null, seconds, cancellationToken);
                output.WriteLine($"| {what}; {scenario.Name} | {Quantiles.Median(result.Second):F2} | {Quantiles.Of(result.Second, 0.99):F2} | {result.Rate:F0} |");
            }
        }
    }
}
