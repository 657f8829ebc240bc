namespace HpoService.Storage.Rows;

/// <summary>PostgreSQL only: a process that writes; key Id. Each transaction that writes takes the next turn of all processes: the largest turn tells whether
/// somebody else has written, and a process's own whether its last transaction was committed.</summary>
internal sealed class WriterRow
{
    public required string Id { get; set; }
    public long Turn { get; set; }

    /// <summary>By the server's clock.</summary>
    public long At { get; set; }
}
