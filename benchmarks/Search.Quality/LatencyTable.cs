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
        Console.WriteLine("| sampler | trials | dimensions | cold median ms | max | warm median | mean | max |\n|---|---|---|---|---|---|---|---|");
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
                var (cold, warm) = (new List<double>(), new List<double>());
                for (var repeat = size == sizes[0] ? -60 : -2; repeat < Repeats; repeat++)
                {
                    var time = Time(SamplerRegistry.Create(new SamplerSettings(kind, repeat), function.Space, [loss]), trials);
                    if (repeat >= 0)
                        cold.Add(time);
                }

                var kept = SamplerRegistry.Create(new SamplerSettings(kind, 1), function.Space, [loss]);
                for (var n = Math.Max(2, size - 2 * Repeats); n <= size; n++)
                    warm.Add(Time(kept, trials[..n]));
                warm.RemoveAt(0);
                Console.WriteLine($"| {kind} | {size} | {dimensions} | {QualityTable.Median(cold):F1} | {cold.Max():F1} | {QualityTable.Median(warm):F1} | {warm.Average():F1} | {warm.Max():F1} |");
            }
        }

        double Time(ISampler sampler, TrialSnapshot[] trials)
        {
            var start = Stopwatch.GetTimestamp();
            sampler.Suggest(new StudyHistory(function.Space, [loss], trials), 1, CancellationToken.None);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }
}
