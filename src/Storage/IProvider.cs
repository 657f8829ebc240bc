using HpoService.Storage.Writing;

namespace HpoService.Storage;

/// <summary>What differs between the databases that there may be.</summary>
internal interface IProvider
{
    /// <summary>ADO.NET connection string.</summary>
    string ConnectionString { get; }

    /// <summary>A context of its own connection.</summary>
    HpoDbContext Open();

    /// <summary>A connection for the writer alone.</summary>
    /// <param name="more">For tests: what else it is told.</param>
    WriteConnection OpenWriter(string? more);

    /// <summary>Something that says cheaply whether the database has changed.</summary>
    VersionProbe OpenProbe();

    /// <summary>Brings the schema up to date; several processes may do it at once, and be killed meanwhile.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <inheritdoc cref="Database.TryClaimAsync"/>
    Task<bool> TryClaimAsync(string worker, Action lost, CancellationToken cancellationToken);
}
