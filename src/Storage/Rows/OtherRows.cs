namespace HpoService.Storage.Rows;

/// <summary>One measurement; key (StudyId, Number, Step). Those of a broken attempt are removed when the next one starts.</summary>
internal sealed class MeasurementRow
{
    public long StudyId { get; set; }
    public int Number { get; set; }
    public long Step { get; set; }
    public required string ValuesJson { get; set; }
    public long ReportedAt { get; set; }
    public long Version { get; set; }
}

/// <summary>A worker; key Name.</summary>
internal sealed class WorkerRow
{
    public required string Name { get; set; }
    public required string State { get; set; }
    public int Slots { get; set; }
    public long StartedAt { get; set; }
    public long LastHeartbeatAt { get; set; }
}

/// <summary>A model card; key Name.</summary>
internal sealed class ModelRow
{
    public required string Name { get; set; }
    public required string CardJson { get; set; }
    public long UpdatedAt { get; set; }
}

/// <summary>The last change of a study, be it there still or not; key Number, which grows with every change of any study. The database itself writes it, by triggers: whoever changes a
/// study's version cannot forget it. All writes take turns, so that no change comes into view before one of a smaller number.</summary>
internal sealed class ChangeRow
{
    public long Number { get; set; }
    public long StudyId { get; set; }
}

/// <summary>The remembered effect of a request with an Idempotency-Key; key (Scope, Key).</summary>
internal sealed class IdempotencyRow
{
    public required string Scope { get; set; }
    public required string Key { get; set; }
    public required string RequestHash { get; set; }
    public required string ResultJson { get; set; }
    public long CreatedAt { get; set; }
}
