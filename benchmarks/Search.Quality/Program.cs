// Search.Quality quality [samplers] [tasks|all] [trials] [seeds] [parallel] [reference.jsonl]
// Search.Quality latency [samplers] [trials,…] [dimensions]
using HpoService.Search.Quality;

switch (args)
{
    case ["quality", .. var rest]:
        QualityTable.Print(
            Part(rest, 0, "gp,random,sobol").Split(','), Part(rest, 1, "all"), int.Parse(Part(rest, 2, "100")), int.Parse(Part(rest, 3, "5")),
            int.Parse(Part(rest, 4, "1")), rest.ElementAtOrDefault(5));
        return 0;
    case ["latency", .. var rest]:
        LatencyTable.Print(Part(rest, 0, "gp").Split(','), [.. Part(rest, 1, "50,100,200").Split(',').Select(int.Parse)], int.Parse(Part(rest, 2, "10")));
        return 0;
    default:
        Console.Error.WriteLine("quality [samplers] [tasks] [trials] [seeds] [parallel] [reference.jsonl] | latency [samplers] [trials] [dimensions]");
        return 2;
}

static string Part(string[] rest, int i, string otherwise) => rest.ElementAtOrDefault(i) ?? otherwise;
