using HpoService.Bench.Problems.Bbob;
using HpoService.Search;

namespace HpoService.Bench.Problems;

/// <summary>Every problem by name and group.</summary>
/// <param name="data">The folder of the tables; null = no tables.</param>
internal sealed class Catalog(string? data)
{
    private const string All = "all";
    private const string Bbob = "bbob";
    private const string Fronts = "fronts";

    /// <summary>The groups in the order of reports. A problem is in one group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Problem>> Groups { get; } = new OrderedDictionary<string, IReadOnlyList<Problem>>
    {
        ["functions"] = SyntheticFunctions.All,
        ["tables"] = data is null ? [] : TableFolder.Read(data),
        ["robust"] = RobustProblems.All,
        ["highdim"] = HighDimensionalProblems.All,
        ["mixed"] = MixedProblems.All,
        ["conditional"] = ConditionalProblems.All,
        ["constrained"] = ConstrainedProblems.All,
        [Bbob] = BbobProblem.All,
        [Fronts] = FrontProblems.All,
    };

    /// <summary>The problems that names and groups name, each once, in the order of the groups; functions of bbob that are not in its group come last.</summary>
    /// <param name="names">Names and groups; <c>all</c> = every group of one objective.</param>
    /// <exception cref="HpoException">An unknown name, or tables without data.</exception>
    public IReadOnlyList<Problem> Select(IReadOnlyList<string> names)
    {
        if (data is null && names.Any(name => name == "tables" || name.Contains('/') && !IsBbob(name)))
            throw new HpoException("/tasks", "tables need --data, the folder of their files, but got none.");
        var everything = Groups.Values.SelectMany(group => group).ToList();
        if (names.FirstOrDefault(name => name != All && !Groups.ContainsKey(name) && !IsBbob(name) && everything.All(p => p.Name != name)) is { } unknown)
            throw new HpoException("/tasks", $"tasks must be among {string.Join(", ", [All, .. Groups.Keys, .. everything.Select(p => p.Name)])}, but got '{unknown}'.");
        var others = names.Where(name => IsBbob(name) && everything.All(p => p.Name != name)).Distinct().Select(BbobProblem.Parse);
        return [.. Groups.SelectMany(group => group.Value.Where(p => names.Contains(All) && group.Key != Fronts || names.Contains(group.Key) || names.Contains(p.Name))), .. others];
    }

    /// <summary>The problems of recorded searches, in the order of the groups; tables without data are left out.</summary>
    public IReadOnlyList<Problem> Recorded(IReadOnlyCollection<string> names) =>
        Select([.. names.Where(name => IsBbob(name) || Groups.Values.Any(group => group.Any(p => p.Name == name)))]);

    /// <summary>The group of a problem.</summary>
    public string GroupOf(Problem problem) => problem is BbobProblem ? Bbob : Groups.First(group => group.Value.Any(p => p.Name == problem.Name)).Key;

    private static bool IsBbob(string name) => name.StartsWith(BbobProblem.Prefix, StringComparison.Ordinal);
}
