using HpoService.Search;

namespace HpoService.Bench.Problems;

/// <summary>Every problem by name and group.</summary>
/// <param name="data">The folder of the tables; null = no tables.</param>
internal sealed class Catalog(string? data)
{
    private const string All = "all";

    /// <summary>The groups in the order of reports. A problem is in one group.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Problem>> Groups { get; } = new OrderedDictionary<string, IReadOnlyList<Problem>>
    {
        ["functions"] = SyntheticFunctions.All,
        ["tables"] = data is null ? [] : TableFolder.Read(data),
        ["robust"] = RobustProblems.All,
        ["highdim"] = HighDimensionalProblems.All,
        ["mixed"] = MixedProblems.All,
        ["conditional"] = ConditionalProblems.All,
    };

    /// <summary>The problems that names and groups name, each once, in the order of the groups.</summary>
    /// <param name="names">Names and groups; <c>all</c> = every group.</param>
    /// <exception cref="HpoException">An unknown name, or tables without data.</exception>
    public IReadOnlyList<Problem> Select(IReadOnlyList<string> names)
    {
        if (data is null && names.Any(name => name == "tables" || name.Contains('/')))
            throw new HpoException("/tasks", "tables need --data, the folder of their files, but got none.");
        var everything = Groups.Values.SelectMany(group => group).ToList();
        if (names.FirstOrDefault(name => name != All && !Groups.ContainsKey(name) && everything.All(p => p.Name != name)) is { } unknown)
            throw new HpoException("/tasks", $"tasks must be among {string.Join(", ", [All, .. Groups.Keys, .. everything.Select(p => p.Name)])}, but got '{unknown}'.");
        return [.. Groups.SelectMany(group => group.Value.Where(p => names.Contains(All) || names.Contains(group.Key) || names.Contains(p.Name)))];
    }

    /// <summary>The group of a problem.</summary>
    public string GroupOf(Problem problem) => Groups.First(group => group.Value.Any(p => p.Name == problem.Name)).Key;
}
