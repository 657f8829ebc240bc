namespace HpoService.Bench;

/// <summary>What is searched when nothing is said.</summary>
/// <param name="Tasks">Names and groups.</param>
/// <param name="Trials">Of a search; null = the usual number of each problem.</param>
/// <param name="Seeds">As <see cref="QualityRequest.ReadSeeds"/> reads them.</param>
public sealed record QualitySize(IReadOnlyList<string> Tasks, int? Trials, string Seeds)
{
    /// <summary><c>minute</c>: about 60 seconds on two cores; <c>nightly</c>: everything, 20 seeds; null: functions, 5 seeds.</summary>
    public static QualitySize Named(string? name, bool withTables) => name switch
    {
        "minute" => new(withTables ? ["functions", "tables"] : ["functions"], null, "6"),
        "nightly" => new(["all"], null, "20"),
        _ => new(withTables ? ["functions", "tables"] : ["functions"], null, "5"),
    };
}
