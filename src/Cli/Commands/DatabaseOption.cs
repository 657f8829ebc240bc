using System.CommandLine;
using HpoService.Storage;

namespace HpoService.Cli.Commands;

/// <summary>Which database a command is about.</summary>
internal static class DatabaseOption
{
    public static Option<string?> Create() => new("--database")
    {
        Description = $"A PostgreSQL database, as postgres://user:password@host/database or a connection string; default: {Database.AddressVariable}, else SQLite in the data folder.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Database.AddressVariable) is { Length: > 0 } address ? address : null,
    };

    /// <summary>The database of an address, or else the SQLite file of the data folder.</summary>
    /// <exception cref="Search.HpoException">The address is none.</exception>
    public static Database Find(string data, string? address, TimeSpan? patience = null) => address is null
        ? Database.Sqlite(Path.Combine(data, "hpo.db"), patience)
        : Database.Postgres(address, data, patience);
}
