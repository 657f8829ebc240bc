using System.Diagnostics;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Quality;

/// <summary>Prints the time of one suggestion from nothing cached, on one thread, over the history of a search of Levy's function.</summary>
internal static class LatencyTable
{
    private const int Repeats = 9;

    public static void Print(string[] samplers, int[] sizes, int dimensions)
    {
        var levy = SyntheticFunctions.All.First(f => f.Name == "levy6");
        var function = new SyntheticFunction("levy", [.. Enumerable.Repeat((-10.0, 10.0), dimensions)], levy.Value, 0);
        var loss = new Objective("loss", Direction.Minimize);
        Console.WriteLine("| sampler | trials | dimensions | median ms | fastest ms | slowest ms |\n|---|---|---|---|---|---|");
        foreach (var kind in samplers)
        {
            foreach (var size in sizes)
            {
                // Half of the points lie around the optimum, as in a search that has come some way.
                var random = new Random(1);
                var trials = Enumerable.Range(0, size).Select(i =>
                {
                    var width = i % 2 == 0 ? 10 : 2;
                    var point = new Spaces.ParameterValues(function.Space.Parameters.Select(p =>
                        KeyValuePair.Create(p.Name, (Spaces.ParameterValue)Math.Clamp((i % 2 == 0 ? 0 : 1) + width * (2 * random.NextDouble() - 1), -10, 10))));
                    return new TrialSnapshot(i, TrialState.Completed, point, new Dictionary<string, double> { ["loss"] = function.At(point) }, []);
                }).ToArray();
                var times = new List<double>();
                for (var repeat = size == sizes[0] ? -60 : -2; repeat < Repeats; repeat++)
                {
                    var sampler = SamplerRegistry.Create(new SamplerSettings(kind, repeat), function.Space, [loss]);
                    var start = Stopwatch.GetTimestamp();
                    sampler.Suggest(new StudyHistory(function.Space, [loss], trials), 1, CancellationToken.None);
                    if (repeat >= 0)
                        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }

                Console.WriteLine($"| {kind} | {size} | {dimensions} | {QualityTable.Median(times):F1} | {times.Min():F1} | {times.Max():F1} |");
            }
        }
    }
}
