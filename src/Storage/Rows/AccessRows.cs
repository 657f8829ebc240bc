namespace HpoService.Storage.Rows;

/// <summary>A key of the API; key Id. The secret itself is nowhere.</summary>
internal sealed class ApiKeyRow
{
    /// <summary>The part of the key that is no secret: finds the row.</summary>
    public required string Id { get; set; }
    public required string Name { get; set; }
    public required string Role { get; set; }
    public required byte[] Salt { get; set; }
    public required byte[] Hash { get; set; }
    public long CreatedAt { get; set; }
    public long? RevokedAt { get; set; }
}

/// <summary>A command that workers offer; key Name.</summary>
internal sealed class CommandRow
{
    public required string Name { get; set; }
    public required string CardJson { get; set; }
    public long UpdatedAt { get; set; }
}

/// <summary>What a readiness check writes to know that writing works; key Name.</summary>
internal sealed class ProbeRow
{
    public required string Name { get; set; }
    public long At { get; set; }
}
