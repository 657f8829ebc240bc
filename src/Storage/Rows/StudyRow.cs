using HpoService.Search.Studies;

namespace HpoService.Storage.Rows;

/// <summary>A study as stored. Times are Unix milliseconds; *Json columns hold the contract's JSON.</summary>
internal sealed partial class StudyRow
{
    public long Id { get; set; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public required string LabelsJson { get; set; }
    public StudyState State { get; set; }
    public string? CompletionReason { get; set; }
    public long CreatedAt { get; set; }
    public long UpdatedAt { get; set; }
    public long? CompletedAt { get; set; }
    public required string ObjectivesJson { get; set; }
    public required string ParametersJson { get; set; }
    public string ConstraintsJson { get; set; } = "[]";
    public string ParameterConstraintsJson { get; set; } = "[]";
    public required string SamplerJson { get; set; }
    public required string PrunerJson { get; set; }
    public required string BudgetJson { get; set; }
    public required string RunnerJson { get; set; }
    public required string RunnerKind { get; set; }
    public int MaxAttempts { get; set; }

    /// <summary>The number of the next trial. Only ever grows, so numbers are dense and never reused.</summary>
    public int NextNumber { get; set; }

    /// <summary>Grows with every change of the study or of one of its trials.</summary>
    public long Version { get; set; }

    /// <summary>One objective: the best feasible completed trial, kept up to date on every completion.</summary>
    public int? BestNumber { get; set; }
    public double? BestScore { get; set; }
    public int TrialsWithoutImprovement { get; set; }

    /// <summary>Several objectives: how many trials are on the front; null in studies from before it was kept.</summary>
    public int? FrontSize { get; set; }

    /// <summary>Several objectives: a feasible trial reached every target that there is.</summary>
    public bool IsTargetReached { get; set; }

    /// <summary>The sampler had nothing left to propose.</summary>
    public bool IsExhausted { get; set; }
}
