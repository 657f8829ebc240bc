using HpoService.Search.Studies;

namespace HpoService.Training.Metrics;

/// <summary>Every metric that training reports, one line each; the first of a goal is its usual objective.</summary>
internal static class MetricRegistry
{
    private static readonly GoalKind[] All = [GoalKind.Classification, GoalKind.Regression, GoalKind.NextToken];

    /// <summary>Name, what is better, and where it is reported.</summary>
    public static IReadOnlyList<(string Name, Direction Direction, GoalKind[] Goals)> Metrics { get; } =
    [
        ("accuracy", Direction.Maximize, [GoalKind.Classification, GoalKind.NextToken]),
        ("loss", Direction.Minimize, All),
        ("balancedAccuracy", Direction.Maximize, [GoalKind.Classification]),
        ("macroF1", Direction.Maximize, [GoalKind.Classification]),
        ("auc", Direction.Maximize, [GoalKind.Classification]),
        ("logLoss", Direction.Minimize, [GoalKind.Classification]),
        ("mse", Direction.Minimize, [GoalKind.Regression]),
        ("rmse", Direction.Minimize, [GoalKind.Regression]),
        ("mae", Direction.Minimize, [GoalKind.Regression]),
        ("r2", Direction.Maximize, [GoalKind.Regression]),
        ("perplexity", Direction.Minimize, [GoalKind.NextToken]),
        ("trainLoss", Direction.Minimize, All),
        ("trainSeconds", Direction.Minimize, All),
        ("parameterCount", Direction.Minimize, All),
        ("latencyMs", Direction.Minimize, All),
    ];

    /// <summary>The metrics that are measured on the validation part after each epoch.</summary>
    public static IReadOnlyList<string> Measured { get; } =
        [.. Metrics.Select(m => m.Name).Except(["trainLoss", "trainSeconds", "parameterCount", "latencyMs"])];

    /// <summary>What a study that names no objective optimises: the first metric that is the goal's own.</summary>
    public static Objective Usual(GoalKind goal) =>
        Metrics.Where(m => m.Goals.Contains(goal) && m.Goals.Length < All.Length).Select(m => new Objective(m.Name, m.Direction)).First();

    /// <summary>The objectives that a study over some goals may have.</summary>
    public static IReadOnlyList<Objective> Objectives(IReadOnlyCollection<GoalKind> goals) =>
        [.. Metrics.Where(m => m.Goals.Any(goals.Contains)).Select(m => new Objective(m.Name, m.Direction))];
}
