namespace HpoService.Storage.Rows;

/// <summary>A trial of the Pareto front; key (StudyId, Number). Kept as trials end, as finding the front costs the whole history.</summary>
internal sealed class FrontRow
{
    public long StudyId { get; set; }
    public int Number { get; set; }

    /// <summary>A JSON list: one score an objective.</summary>
    public required string ScoresJson { get; set; }
}
